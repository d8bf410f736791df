"""The commands that a page tells its reader to type."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import typer

from api.cli import main
from api.settings import Settings
from tests.house.code import ROOT

_PUNCTUATION: Final = set("|&;<>()")
_VARIABLE: Final = re.compile(r"([A-Z_]+)=(.*)", re.DOTALL)
_OUTSIDE: Final = {
    *("cat", "chmod", "curl", "docker", "git", "jq", "mongod", "mongodump", "mongorestore"),
    *("mongosh", "openssl", "python3", "systemctl", "tar"),
}
"""What is not ours to check; anything else is a command that a reader does not have."""
_OURS: Final = {"RAPPORT_TEST_MONGODB_URL", "RAPPORT_TEST_SERVER", "XDG_CACHE_HOME", "TOKEN"}
_USAGE_ERROR: Final = typer.BadParameter.__mro__[1]


@dataclass(frozen=True, slots=True)
class Command:
    """One command with the variables set for it."""

    words: tuple[str, ...]
    variables: tuple[str, ...]


def commands(text: str) -> Iterator[Command]:
    """Every command of a shell text, also those in pipes and substitutions."""
    for line in text.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        yield from _parts(list(lexer))


def _parts(words: list[str]) -> Iterator[Command]:
    part: list[str] = []
    redirected = False
    for word in [*words, ";"]:
        if not set(word) <= _PUNCTUATION:
            if not redirected:
                part.append(word)
            redirected = False
            continue
        redirected = set(word) <= {"<", ">"}
        if not redirected:
            if part:
                yield _command(part)
            part = []


def _command(part: list[str]) -> Command:
    variables: list[str] = []
    rest = [word for word in part if word not in {"$", "export"}]
    while rest and (found := _VARIABLE.fullmatch(rest[0])):
        variables.append(found[1])
        rest.pop(0)
    return Command(tuple(rest), tuple(variables))


def problems(command: Command, *, whole: bool = True) -> Iterator[str]:
    """What a reader who types it would trip over; not ``whole``: it may lack arguments."""
    for name in command.variables:
        if name not in _OURS and name not in settings() and name not in _make_variables():
            yield f"nobody reads {name}"
    if not command.words:
        return
    name, *rest = command.words
    if name.rpartition("/")[2] == "rapport":
        yield from _of_rapport(rest, whole=whole)
    elif name == "make":
        yield from _of_make(rest)
    elif name not in _OUTSIDE:
        yield f"a reader has no command {name}"


def settings() -> set[str]:
    return {f"RAPPORT_{name}".upper() for name in Settings.model_fields}


def _of_rapport(words: list[str], *, whole: bool) -> Iterator[str]:
    command: Any = typer.main.get_command(main)
    path = "rapport"
    while hasattr(command, "commands") and words and not words[0].startswith("-"):
        name, *words = words
        if name not in command.commands:
            yield f"there is no command `{path} {name}`"
            return
        command, path = command.commands[name], f"{path} {name}"
    if hasattr(command, "commands"):
        known = {option for parameter in command.params for option in parameter.opts}
        yield from (f"`{path}` has no option {each}" for each in {*words} - known - {"--help"})
    elif "--help" not in words:
        yield from _of_options(command, path, words, whole=whole)


def _of_options(command: Any, path: str, words: list[str], *, whole: bool) -> Iterator[str]:
    try:
        command.make_context(path, list(words))
    except _USAGE_ERROR as problem:
        lacking = type(problem).__name__ == "MissingParameter" and not whole
        # the files of an example are the reader's
        if not lacking and "does not exist" not in str(problem):
            yield f"`{path}`: {problem}"


def _of_make(words: list[str]) -> Iterator[str]:
    targets = set(re.findall(r"^([a-z][a-z-]*):", _makefile(), re.MULTILINE))
    for word in words:
        if found := _VARIABLE.fullmatch(word):
            if found[1] not in _make_variables():
                yield f"no target of make reads {found[1]}"
        elif word not in targets:
            yield f"there is no `make {word}`"


def _make_variables() -> set[str]:
    return set(re.findall(r"\$\(([A-Z]+)\)", _makefile()))


def _makefile() -> str:
    return (ROOT / "Makefile").read_text()
