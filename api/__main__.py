"""The command `rapport`: `python -m api` is the same. Ctrl-C ends it quietly from the beginning."""

import contextlib
import errno
import io
import sys
from typing import Final, NoReturn

from api.loading import without_collecting

_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


def run() -> NoReturn:
    """Runs the command that was typed and ends the process with its exit code."""
    _speak_any_alphabet()
    try:
        # a second or two of loading, in which Ctrl-C must be heard as it is later
        with without_collecting():
            from api.cli import main  # noqa: PLC0415

        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as problem:
        if problem.errno not in _FULL:
            raise
        sys.exit(f"Not done: {problem.strerror}.")
    sys.exit(0)


def _speak_any_alphabet() -> None:
    """A name in letters that the locale does not have is spelled, and no reason to fall."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(io.UnsupportedOperation):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")


if __name__ == "__main__":
    run()
