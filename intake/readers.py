"""Rows from CSV and JSON Lines, one at a time: memory does not grow with the file."""

import csv
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

import orjson

from intake.lines import LONGEST_LINE, Lines, UnreadableFile, lost, opened
from intake.rows import Refused, Row, refused

_DEEPEST: Final = 20
_DELIMITERS: Final = (",", ";", "\t")
_NOT_DECODED: Final = (
    "The row holds characters that are lost or not in the file's encoding: save the file as UTF-8 "
    "or name its encoding with --encoding."
)


@dataclass(frozen=True, slots=True)
class Table:
    """A file being read. ``columns`` is None where they are known only row by row (JSON Lines)."""

    columns: tuple[str, ...] | None
    rows: Iterator[Row | Refused]
    lines: Lines


@contextmanager
def csv_table(path: Path, *, encoding: str | None = None) -> Generator[Table]:
    """A CSV file with a header, separated by comma, semicolon or tab, whichever the header uses.

    Quoted line breaks are kept. Raises UnreadableFile where the file or its header cannot be used.
    """
    with opened(path, encoding) as lines:
        first = next(lines, "")
        lines.give_back([first])
        records = _records(lines, _delimiter(first))
        columns = _header(path, next(records, None))
        yield Table(columns, _rows(records, columns), lines)


@contextmanager
def jsonl_table(
    path: Path, *, encoding: str | None = None, wanted: Iterable[str] | None = None
) -> Generator[Table]:
    """One JSON object a line; objects inside it become columns with dotted names.

    Where ``wanted`` names columns, objects that hold none of them are one column without a value.
    """
    inside = None if wanted is None else _objects_of(wanted)
    with opened(path, encoding) as lines:
        yield Table(None, _objects(lines, inside), lines)


def _objects_of(columns: Iterable[str]) -> frozenset[str]:
    """Of ``a.b.c`` the objects ``a`` and ``a.b``."""
    parts = [column.split(".") for column in columns]
    return frozenset(".".join(each[:end]) for each in parts for end in range(1, len(each)))


@dataclass(frozen=True, slots=True)
class _Record:
    line: int
    cells: list[str]


def _records(lines: Lines, delimiter: str) -> Iterator[_Record | Refused]:
    csv.field_size_limit(LONGEST_LINE)
    while True:
        taken: list[str] = []
        line = lines.number + 1
        reader = csv.reader(_remembered(lines, taken), delimiter=delimiter, strict=True)
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            # a quote that never closes swallows the rows behind it: only its own line is broken
            lines.give_back(taken[1:])
            yield _broken(line)
            continue
        if any(cell.strip() for cell in cells):
            yield _checked(line, taken, cells)


def _remembered(lines: Lines, taken: list[str]) -> Iterator[str]:
    for line in lines:
        taken.append(line)
        yield line


def _checked(line: int, taken: list[str], cells: list[str]) -> _Record | Refused:
    if any(len(text) > LONGEST_LINE for text in taken):
        return _too_long(line)
    if any(lost(text) for text in taken):
        return refused(line, "ENCODING", _NOT_DECODED)
    return _Record(line, cells)


def _rows(
    records: Iterator[_Record | Refused], columns: tuple[str, ...]
) -> Iterator[Row | Refused]:
    for record in records:
        if isinstance(record, Refused):
            yield record
        elif len(record.cells) != len(columns):
            message = (
                f"The row has {len(record.cells)} cells, the header has {len(columns)}: "
                "look for a missing quote or separator."
            )
            yield refused(record.line, "CELL_COUNT", message)
        else:
            yield Row(record.line, _named(columns, record.cells))


def _named(columns: tuple[str, ...], cells: list[str]) -> dict[str, object]:
    # spreadsheets leave columns without a name behind: nobody can ask for those
    return {name: cell for name, cell in zip(columns, cells, strict=True) if name}


def _delimiter(header: str) -> str:
    outside = "".join(header.split('"')[::2])
    return max(_DELIMITERS, key=outside.count)


def _header(path: Path, record: _Record | Refused | None) -> tuple[str, ...]:
    if not isinstance(record, _Record):
        raise UnreadableFile(
            f"{path.name} has no readable header: its first line must name the columns."
        )
    columns = tuple(cell.strip() for cell in record.cells)
    # told by number: without a header the first line is a person
    doubled = [str(n) for n, name in enumerate(columns, 1) if name and columns.count(name) > 1]
    if doubled:
        raise UnreadableFile(
            f"{path.name} has columns of the same name, number {', '.join(doubled)}: rename all "
            "but one; the first line must name the columns."
        )
    return columns


def _objects(lines: Lines, inside: frozenset[str] | None) -> Iterator[Row | Refused]:
    for text in lines:
        if text.strip():
            yield _object(lines.number, text, inside)


def _object(line: int, text: str, inside: frozenset[str] | None) -> Row | Refused:
    if len(text) > LONGEST_LINE:
        return _too_long(line)
    if lost(text):
        return refused(line, "ENCODING", _NOT_DECODED)
    try:
        found: object = orjson.loads(text)
    except orjson.JSONDecodeError:
        return refused(line, "JSON", "This line is not JSON: write one object a line.")
    if _too_deep(found):
        return refused(line, "JSON", f"This line is nested deeper than {_DEEPEST} levels.")
    if not isinstance(found, dict):
        return refused(line, "JSON", "This line is JSON but no object: write {...} on each line.")
    return Row(line, dict(_flat(cast(Mapping[str, object], found), (), inside)))


def _too_deep(found: object) -> bool:
    level = [found]
    for _ in range(_DEEPEST):
        level = [part for each in level for part in _parts(each)]
        if not level:
            return False
    return True


def _parts(found: object) -> Iterable[object]:
    if isinstance(found, dict):
        return cast(Mapping[str, object], found).values()
    return cast(Sequence[object], found) if isinstance(found, list) else ()


def _flat(
    found: Mapping[str, object], at: Sequence[str], inside: frozenset[str] | None
) -> Iterator[tuple[str, object]]:
    for key, value in found.items():
        name = ".".join((*at, key))
        if not isinstance(value, dict):
            yield name, value
        elif inside is None or name in inside:
            yield from _flat(cast(Mapping[str, object], value), (*at, key), inside)
        else:
            yield name, None


def _broken(line: int) -> Refused:
    message = (
        "The row is not well-formed CSV: a quote is not closed, or stands inside an unquoted cell."
    )
    return refused(line, "CSV", message)


def _too_long(line: int) -> Refused:
    return refused(line, "LINE_TOO_LONG", "The row is longer than a million characters.")
