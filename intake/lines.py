"""The lines of a text file, whatever its encoding, one at a time and never longer than a limit."""

import codecs
import io
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

LONGEST_LINE: Final = 1 << 20
"""Characters; a longer line is cut to one character more, so that its reader can tell."""

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LOST: Final = "\ufffd"


class UnreadableFile(Exception):
    """The file as a whole cannot be read; the message says what to do."""


@dataclass(slots=True)
class Lines:
    """Iterates over lines with their endings kept. ``number`` is that of the last line given."""

    text: io.TextIOWrapper
    file: BinaryIO
    size: int
    number: int = 0
    _waiting: list[str] = field(default_factory=list[str])

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._waiting.pop() if self._waiting else self._read()
        if not line:
            raise StopIteration
        self.number += 1
        return line

    def give_back(self, lines: list[str]) -> None:
        """Puts the last ``lines`` back, to be given once more."""
        self._waiting.extend(reversed(lines))
        self.number -= len(lines)

    def done(self) -> int:
        """How many bytes of the file have been taken in, out of ``size``."""
        return self.file.tell()

    def _read(self) -> str:
        line = self.text.readline(LONGEST_LINE + 1)
        rest = line
        while len(rest) > LONGEST_LINE and not rest.endswith(("\n", "\r")):
            rest = self.text.readline(LONGEST_LINE + 1)
        return line


def lost(text: str) -> bool:
    """Whether the text holds a character that could not be decoded, here or in an earlier life."""
    return _LOST in text


@contextmanager
def opened(path: Path, encoding: str | None) -> Generator[Lines]:
    """The file's lines; without ``encoding`` its byte order mark decides, else it is UTF-8.

    Raises UnreadableFile where there is no such file, it is empty, or the encoding has no codec.
    """
    chosen = _encoding(path, encoding)
    # "replace" keeps one bad byte from ending the whole file: its row is refused, the rest goes on
    with (
        path.open("rb") as file,
        io.TextIOWrapper(file, encoding=chosen, errors="replace", newline="") as text,
    ):
        yield Lines(text, file, path.stat().st_size)


def _encoding(path: Path, asked: str | None) -> str:
    start = _start(path)
    if asked is not None:
        return _known(asked)
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name
    if b"\0" in start:
        raise UnreadableFile(
            f"{path.name} does not look like text in UTF-8: if it is UTF-16 without a byte order "
            "mark, say --encoding utf-16-le; a spreadsheet must be saved as CSV first."
        )
    return "utf-8"


def _start(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError as problem:
        reason = problem.strerror or "it cannot be opened"
        raise UnreadableFile(f"{path.name} cannot be read: {reason}.") from problem
    if not start:
        raise UnreadableFile(f"{path.name} is empty: there is nothing to import.")
    return start


def _known(name: str) -> str:
    try:
        found = codecs.lookup(name)
        # some codecs are not of text, and some of those of text cannot leave out a bad byte
        b"a\n".decode(name, errors="replace")
    except (LookupError, ValueError) as problem:
        raise UnreadableFile(
            f"There is no encoding {name!r}: try utf-8, utf-16, windows-1252 or iso-8859-1."
        ) from problem
    return "utf-8-sig" if found.name == "utf-8" else found.name
