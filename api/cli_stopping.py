"""SIGTERM before a server is ready: it leaves as it would for Ctrl-C, and says so."""

import signal
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType
from typing import Final, NoReturn

from api.cli_terminal import say

STOPPED: Final = 128 + signal.SIGTERM
SENTENCE: Final = "Stopped before it was ready."


@contextmanager
def heard() -> Generator[None]:
    """For all that is done before an event loop hears signals itself, loading above all."""
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _leave(_: int, __: FrameType | None) -> NoReturn:
    say(SENTENCE)
    raise SystemExit(STOPPED)
