"""What Rapport says when it does not start: the literals of the exceptions that stop it."""

import ast
import re
from collections.abc import Iterator

from tests.house.code import product

_ENOUGH = 5
"""Words by which a reader recognises a sentence."""
_STOPPING = {"DatabaseUnfit", "DirectoryUnfit", "SecretMissing", "CannotStart"}


def stopping() -> Iterator[tuple[str, str]]:
    """Each place that stops a start, and the beginning of what it says that never varies."""
    for module in product():
        constants = {
            target.id: node.value
            for node in module.tree.body
            if isinstance(node, ast.Assign | ast.AnnAssign)
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name) and node.value is not None
        }
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _STOPPING:
                for argument in node.args[:1]:
                    found = constants.get(getattr(argument, "id", ""), argument)
                    if words := fixed(found).split()[:_ENOUGH]:
                        yield f"{module.file}:{node.lineno}", " ".join(words).strip(" ;:,.")


def beginnings() -> set[str]:
    """What a command says first where it did not do, or not wholly, what it was asked for."""
    return {
        node.value
        for module in product()
        if module.file.startswith("api/cli_")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and re.fullmatch("Not [a-z]+", str(node.value))
    }


def fixed(node: ast.expr) -> str:
    """The longest literal piece of a text; empty where there is none."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return " ".join(node.value.split())
    if isinstance(node, ast.JoinedStr):
        return max((fixed(part) for part in node.values), key=len, default="")
    return ""
