"""The schema as it is published in schema.graphql, now and before."""

import subprocess

from graphql import GraphQLSchema, build_schema
from graphql.utilities import BreakingChange, DangerousChange, find_schema_changes

from tests.house.code import ROOT

FILE = "schema.graphql"


def published() -> str:
    return (ROOT / FILE).read_text()


def before() -> str | None:
    """The text before the latest change to it, committed or not; None where history is unknown."""
    commits = _git("log", "-2", "--format=%H", "--", FILE)
    texts = [_git("show", f"{commit}:{FILE}") for commit in (commits or "").split()]
    return next((text for text in texts if text is not None and text != published()), None)


def _git(*words: str) -> str | None:
    ran = subprocess.run(  # noqa: S603 - fixed words
        ["git", *words],  # noqa: S607 - whichever git the developer has
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.stdout if ran.returncode == 0 else None


def changes(old: str, new: str) -> tuple[list[str], list[str]]:
    """What breaks callers, and everything that changed."""
    found = find_schema_changes(_schema(old), _schema(new))
    breaking = [_said(each) for each in found if isinstance(each, BreakingChange)]
    every = [
        f"{_weight(each)} {_said(each)}"
        for each in sorted(found, key=lambda change: (_weight(change), change.description))
    ]
    return breaking, every


def _schema(text: str) -> GraphQLSchema:
    return build_schema(text, assume_valid_sdl=True)


def _said(change: object) -> str:
    return str(getattr(change, "description", change))


def _weight(change: object) -> str:
    if isinstance(change, BreakingChange):
        return "BREAKING "
    return "dangerous" if isinstance(change, DangerousChange) else "safe     "
