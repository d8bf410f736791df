"""What the house lints read: the files, the configuration, and names as Python resolves them."""

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Finding:
    """Where a rule is broken, and the sentence to follow."""

    file: str
    line: int
    rule: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.rule}"


@dataclass(frozen=True, slots=True)
class Module:
    """One file, parsed; ``file`` is its path from the root of the repository."""

    file: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    def finding(self, node: ast.AST, rule: str) -> Finding:
        return Finding(self.file, getattr(node, "lineno", 1), rule)


def configuration(root: Path = ROOT) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text())


def packages(config: dict[str, Any]) -> list[str]:
    """The product's packages: what the wheel holds."""
    return config["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]


def modules(*folders: str, root: Path = ROOT) -> Iterator[Module]:
    """Every Python file of these folders."""
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            yield Module(path.relative_to(root).as_posix(), path.read_text())


def product() -> list[Module]:
    return list(modules(*packages(configuration())))


def imported(tree: ast.AST) -> dict[str, str]:
    """Each name that an import binds anywhere in the file, and what it stands for."""
    bound: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                bound[name] = alias.name if alias.asname else name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                bound[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return bound


def dotted(node: ast.AST, bound: dict[str, str]) -> str | None:
    """The full name that an expression of names and dots stands for."""
    if isinstance(node, ast.Name):
        return bound.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value, bound)
        return None if owner is None else f"{owner}.{node.attr}"
    return None
