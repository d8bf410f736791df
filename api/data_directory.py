"""The data directory: made where it can be, before anything is put into it."""

import errno
import os
from pathlib import Path


class DirectoryUnfit(Exception):
    """It cannot be used; the message says why and what to do."""


def is_begun(directory: Path) -> bool:
    """Whether a database was begun here."""
    try:
        return (directory / "database").is_dir()
    except OSError:
        return False


def prepare(directory: Path, *, begin: bool) -> None:
    """Makes it where it is missing; unless ``begin``, only what is begun will do.

    Raises DirectoryUnfit, having made nothing.
    """
    if not begin and not is_begun(directory):
        raise DirectoryUnfit(
            f"There is no database in {directory.absolute()} yet: name the directory of the one "
            "you mean with --data, or begin one there with `rapport serve` or `rapport migrate`."
        )
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise _unfit(directory, problem.errno) from problem
    if not os.access(directory, os.R_OK | os.W_OK | os.X_OK):
        raise _unfit(directory, errno.EACCES)


def _unfit(directory: Path, number: int | None) -> DirectoryUnfit:
    taken = number in {errno.EEXIST, errno.ENOTDIR}
    why = "a file is in the way" if taken else os.strerror(number or errno.EIO)
    return DirectoryUnfit(
        f"Rapport cannot keep its data in {directory.absolute()}: {why}. Name a directory that it "
        "may write to with --data, or set RAPPORT_MONGODB_URL."
    )
