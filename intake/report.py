"""The report of an import: every refused row and every remark, with line and reason, no values."""

import csv
import fcntl
import shutil
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

from domain.errors import Issue
from intake.columns import Named, nameless

COLUMNS: Final = ("line", "outcome", "column", "field", "code", "message")
REFUSED: Final = "refused"
REMARK: Final = "remark"


@dataclass(frozen=True, slots=True)
class Report:
    """A CSV file being written, in the order of the imported file."""

    file: TextIO

    def add(
        self, line: int, issues: Sequence[Issue], *, refused: bool, named: Named = nameless
    ) -> None:
        """One line of the report for each issue of a row, with the column and the field it is of.

        The field is left out where the column is all that is known.
        """
        outcome = REFUSED if refused else REMARK
        writer = csv.writer(self.file)
        for issue in issues:
            field = ".".join(part for part in issue.path if part != "input")
            column = named(issue.path)
            own = field if field != column else ""
            writer.writerow((line, outcome, column, own, issue.code, issue.message))

    def mark(self) -> int:
        """The place reached, for ``back_to``."""
        return self.file.tell()

    def back_to(self, mark: int) -> None:
        """Forgets what was added since."""
        self.file.seek(mark)
        self.file.truncate()

    def flush(self) -> None:
        """Makes what was added outlive the process."""
        self.file.flush()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why rows are in a report: how many lines say so, and in which words the first of them."""

    refused: bool
    column: str
    code: str
    message: str
    lines: int


class NoPlace(Exception):
    """A report would destroy another file or report; the message says which."""


def require_place(path: Path, *read: Path | None) -> None:
    """Raises NoPlace where ``path`` is a file being read, or any file that is no report of ours."""
    for written in (path, _beside(path)):
        if any(written.resolve() == each.resolve() for each in read if each is not None):
            raise NoPlace(f"The report would replace {written.name}, which is read: name another.")
        if written.exists() and not _is_report(written):
            raise NoPlace(f"{written.name} is there and is no report: name another file.")


def _is_report(path: Path) -> bool:
    if not path.is_file():
        return False
    head = (",".join(COLUMNS) + "\r\n").encode()
    with path.open("rb") as file:
        start = file.read(len(head))
    # a run that was killed may have left less than the whole first line
    return head.startswith(start)


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")


@contextmanager
def opened(path: Path, *, after: int) -> Generator[Report]:
    """The report at ``path``; of an earlier run it keeps what is about lines up to ``after``.

    Raises NoPlace where another run is writing it.
    """
    beside = _beside(path)
    with (
        path.open("a", encoding="utf-8", newline="") as before,
        beside.open("a", encoding="utf-8", newline="") as file,
    ):
        _lock(path, before)
        _lock(path, file)
        file.seek(0)
        file.truncate()
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(_up_to(path, after) if after else ())
        file.flush()
        shutil.move(beside, path)
        yield Report(file)


def _lock(path: Path, file: TextIO) -> None:
    """Until the file is closed. Two runs would else write one report each, and leave one."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        message = f"Another import is writing {path.name}: let it finish, then run this again."
        raise NoPlace(message) from None


def reasons(path: Path) -> list[Reason]:
    """Why rows are in the report, refusals first, then what concerns the most lines."""
    counted: Counter[tuple[str, str, str]] = Counter()
    words: dict[tuple[str, str, str], str] = {}
    for _, outcome, column, _, code, message in _lines(path):
        counted[outcome, column, code] += 1
        words.setdefault((outcome, column, code), message)
    ordered = sorted(counted, key=lambda each: (each[0] != REFUSED, -counted[each]))
    return [
        Reason(outcome == REFUSED, column, code, words[each], counted[each])
        for each in ordered
        for outcome, column, code in (each,)
    ]


def _up_to(path: Path, line: int) -> Iterator[list[str]]:
    return (row for row in _lines(path) if int(row[0]) <= line)


def _lines(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows, None)
        # a run that was killed may have left half a line
        yield from (row for row in rows if len(row) == len(COLUMNS) and row[0].isdigit())
