"""Runs a server for as long as somebody holds the other end of standard input, then stops it.

Executed as a script of its own, without the rest of Rapport: when Rapport is killed, the pipe
closes, and this process is still there to stop the server. Says the server's process id on
standard output, then, at its end, its return code.
"""

import contextlib
import ctypes
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from typing import IO, Final

PATIENCE: Final = 20.0
_PR_SET_PDEATHSIG: Final = 1


def run(command: Sequence[str], lifeline: IO[bytes], say: Callable[[int], None]) -> None:
    """Runs ``command`` until it ends by itself or ``lifeline`` does."""
    server = subprocess.Popen(  # noqa: S603 - composed by mongo.server.kinds
        command,
        stdin=subprocess.DEVNULL,
        stdout=sys.__stderr__,
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - no threads yet
    )
    say(server.pid)
    threading.Thread(target=_stop_after, args=(lifeline, server), daemon=True).start()
    say(server.wait())


def _stop_after(lifeline: IO[bytes], server: subprocess.Popen[bytes]) -> None:
    lifeline.read()
    server.terminate()
    try:
        server.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        server.kill()


def _die_with_parent() -> None:  # pragma: no cover - runs in the server's process
    """Has Linux stop the server should this process be killed, too."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def say(number: int) -> None:
    """Tells a number to whoever launched us."""
    with contextlib.suppress(BrokenPipeError):  # whoever listened was killed
        print(number, flush=True)  # noqa: T201 - the protocol


if __name__ == "__main__":  # pragma: no cover - a process of its own, which coverage cannot enter
    run(sys.argv[1:], sys.stdin.buffer, say)
