"""One list of packages, wherever it is written down."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.house.code import packages


def disagreements(config: dict[str, Any], root: Path) -> Iterator[str]:
    """Places whose list of packages is not the wheel's."""
    tool = config["tool"]
    wheel = sorted(packages(config))
    for place, listed in {
        "the folders with an __init__.py": _folders(root),
        "tool.mypy.packages": tool["mypy"]["packages"],
        "tool.pyright.include": tool["pyright"]["include"],
        "tool.coverage.run.source": tool["coverage"]["run"]["source"],
        "tool.importlinter.root_packages": tool["importlinter"]["root_packages"],
        **_contracts(tool["importlinter"]["contracts"], wheel),
    }.items():
        if sorted(listed) != wheel:
            odd = ", ".join(sorted({*listed} ^ {*wheel})) or "one of them twice"
            yield f"{place} and the wheel's packages differ by: {odd}"


def _folders(root: Path) -> list[str]:
    found = (path.parent.name for path in root.glob("*/__init__.py"))
    return [name for name in found if name not in {"tests", "bench"}]


def _contracts(contracts: list[dict[str, Any]], wheel: list[str]) -> dict[str, list[str]]:
    """For each contract, what it speaks of together with what it leaves out on purpose."""
    by_id = {each["id"]: each for each in contracts}
    layers = [name for row in by_id["layers"]["layers"] for name in row.split(" | ")]
    return {
        "the contract layers": layers,
        "the contract driver": [*by_id["driver"]["source_modules"], "mongo"],
        "the contract graphql": [*by_id["graphql"]["source_modules"], "api"],
        "the contract root": [*by_id["root"]["source_modules"], *(p for p in wheel if p != "api")],
    }
