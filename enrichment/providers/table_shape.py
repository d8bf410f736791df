"""How a partner's table is laid out, and what its header must hold; no value leaves this file."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

from enrichment.keys import KeyKind
from enrichment.sources import Misconfigured
from enrichment.values import EnrichedField

_HEADER_LIMIT: Final = 1_000_000
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class KeyColumn:
    """Where the file keeps a contact, in which form; hashes name their recipe."""

    column: str
    kind: KeyKind
    recipe: str | None = None


@dataclass(frozen=True, slots=True)
class ValueColumn:
    """Which column fills an attribute; lists are split at ``separator``."""

    column: str
    field: EnrichedField
    separator: str = "|"


@dataclass(frozen=True, slots=True)
class TableShape:
    """A CSV (UTF-8, quoted by RFC 4180) or Parquet file and the columns that are read from it.

    ``record`` is the column that names the partner's own record, ``observed_at`` the one with
    the ISO 8601 day on which the partner learned the values.
    """

    path: Path
    keys: tuple[KeyColumn, ...]
    values: tuple[ValueColumn, ...]
    record: str | None = None
    observed_at: str | None = None
    delimiter: str = ","

    @property
    def is_parquet(self) -> bool:
        return self.path.suffix.lower() == ".parquet"

    def columns(self) -> tuple[str, ...]:
        """Every column read, each once, in a stable order."""
        named = [*(k.column for k in self.keys), *(v.column for v in self.values)]
        named += [column for column in (self.record, self.observed_at) if column is not None]
        return tuple(dict.fromkeys(named))

    def check_columns(self, header: Sequence[str]) -> None:
        """Raises Misconfigured for a column that is missing from the file or there twice."""
        for column in self.columns():
            found = header.count(column)
            if found == 0:
                # never what it has: without a header the first line is a person
                raise Misconfigured(
                    f"{self.path.name} has no column {column!r} among its {len(header)}: its first "
                    "line must name the columns."
                )
            if found > 1:
                raise Misconfigured(f"{self.path.name} has column {column!r} {found} times.")


def csv_header(shape: TableShape) -> list[str]:
    """The names in the first line, without a byte order mark; raises Misconfigured."""
    with shape.path.open("rb") as file:
        line = file.readline(_HEADER_LIMIT)
    if line.startswith(_UTF16):
        raise Misconfigured(f"{shape.path.name} is UTF-16: save it as UTF-8.")
    try:
        reader = csv.reader([line.decode("utf-8-sig")], delimiter=shape.delimiter)
    except UnicodeDecodeError:
        message = f"{shape.path.name}, line 1: the header is not UTF-8; save the file as UTF-8."
        raise Misconfigured(message) from None
    names = next(reader, None)
    if not names or not any(names):
        raise Misconfigured(f"{shape.path.name} has no header: its first line must name columns.")
    return names


def undecodable(shape: TableShape) -> str:
    """The sentence that names the first line and column which are not UTF-8."""
    with shape.path.open(encoding="latin-1", newline="") as file:
        rows = csv.reader(file, delimiter=shape.delimiter)
        header = next(rows)
        for row in rows:
            # a row longer than the header has no name for its last cells
            for name, cell in zip(chain(header, _numbers(len(header))), row, strict=False):
                if not _is_utf8(cell):
                    where = f"{shape.path.name}, line {rows.line_num}, column {name!r}"
                    return f"{where}: this is not UTF-8; save the file as UTF-8."
    return f"{shape.path.name} is not UTF-8: save it as UTF-8."


def _numbers(start: int) -> Iterator[str]:
    while True:
        start += 1
        yield f"#{start}"


def _is_utf8(cell: str) -> bool:
    try:
        cell.encode("latin-1").decode()
    except UnicodeDecodeError:
        return False
    return True
