"""Where other commands of the same user find the running server."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from mongo.server import lock
from mongo.server.kinds import Kind


@dataclass(frozen=True, slots=True)
class Running:
    """A server that is up. ``url`` holds its password: never print it. ``notice`` is for people."""

    url: str
    kind: Kind
    notice: str


def announce(directory: Path, running: Running) -> None:
    """Writes the address for this user's eyes only."""
    write_private(_file(directory), json.dumps(asdict(running)))


def withdraw(directory: Path) -> None:
    """Takes the address back."""
    _file(directory).unlink(missing_ok=True)


def attach(directory: Path) -> Running | None:
    """The server that a running Rapport keeps on this directory, None if there is none."""
    if not lock.is_held(directory):
        return None
    try:
        return Running(**json.loads(_file(directory).read_text()))
    except FileNotFoundError:  # it is just starting or stopping
        return None


def write_private(file: Path, text: str) -> None:
    """Replaces the file in one step, readable by this user alone."""
    draft = file.with_suffix(".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as out:
        out.write(text)
    draft.replace(file)


def _file(directory: Path) -> Path:
    return directory / "server.json"
