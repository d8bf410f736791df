"""The report of an import: every refused row and every remark, with line and reason, no values."""

import csv
import shutil
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

from domain.errors import Issue

COLUMNS: Final = ("line", "outcome", "field", "code", "message")
REFUSED: Final = "refused"
REMARK: Final = "remark"


@dataclass(frozen=True, slots=True)
class Report:
    """A CSV file being written, in the order of the imported file."""

    file: TextIO

    def add(self, line: int, issues: Sequence[Issue], *, refused: bool) -> None:
        """One line of the report for each issue of a row."""
        outcome = REFUSED if refused else REMARK
        writer = csv.writer(self.file)
        for issue in issues:
            field = ".".join(part for part in issue.path if part != "input")
            writer.writerow((line, outcome, field, issue.code, issue.message))

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


class NoPlace(Exception):
    """A report would destroy another file; the message says which."""


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
    """The report at ``path``; of an earlier run it keeps what is about lines up to ``after``."""
    beside = _beside(path)
    with beside.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        if after and path.exists():
            writer.writerows(_up_to(path, after))
    shutil.move(beside, path)
    with path.open("a", encoding="utf-8", newline="") as file:
        yield Report(file)


def _up_to(path: Path, line: int) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows, None)
        # a run that was killed may have left half a line
        whole = (row for row in rows if len(row) == len(COLUMNS) and row[0].isdigit())
        yield from (row for row in whole if int(row[0]) <= line)
