"""The embedded server of the kind under test, in a data directory of its own."""

import os
import signal
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.servers import Served

TOO_LONG = 120
WHEEL_ALONE = {"XDG_CACHE_HOME": "/nonexistent", "PATH": "/usr/bin:/bin"}


def _ring(*_: object) -> None:
    pytest.fail(f"nothing happened for {TOO_LONG} seconds")


@pytest.hookimpl(wrapper=True)
def bounded() -> Generator[None, object, object]:
    """No test here waits for ever, whatever the product does: the alarm ends every wait."""
    before = signal.signal(signal.SIGALRM, _ring)
    # again and again: the first one may be taken for a failure that is waited out
    signal.setitimer(signal.ITIMER_REAL, TOO_LONG, TOO_LONG)
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


# setting up and taking down as well: the event loop waits for its tasks when it closes
pytest_runtest_setup = pytest_runtest_call = pytest_runtest_teardown = bounded


@dataclass
class Lines:
    """A log that remembers."""

    lines: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def info(self, event: str, **fields: Any) -> None:
        self.lines.append((event, fields))

    warning = error = info

    @property
    def events(self) -> list[str]:
        return [event for event, _ in self.lines]


@pytest.fixture
def log() -> Lines:
    return Lines()


@pytest.fixture
def kind(server: Served, monkeypatch: pytest.MonkeyPatch) -> str:
    """The kind under test is the one that is found here."""
    if server.kind not in {"rust", "wheel"}:
        pytest.skip("needs a server that this machine brings along")
    if server.kind == "wheel":
        for name, value in WHEEL_ALONE.items():
            monkeypatch.setenv(name, value)
    return server.kind


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def server_pid(data: Path, kind: str) -> int:
    return int((data / "database" / kind / "pid").read_text())


def lives(pid: int) -> bool:
    """Whether the process runs; a zombie does not."""
    try:
        os.kill(pid, 0)
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except (ProcessLookupError, FileNotFoundError):
        return False
