"""Reads a mapping file (TOML); every mistake names its line and what could stand there."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path as File
from typing import Final, cast
from zoneinfo import ZoneInfo

from consent.records import Channel, ConsentStatus
from domain import places
from domain.errors import Invalid
from intake import cells
from intake.lines import UnreadableFile
from intake.origins import FIELDS, GROUPS, TYPES, ConsentOrigin, FileMapping, Origin

_OPTIONS: Final = ("column", "columns", "value", "separator", "format", "values", "type")
_CONSENT: Final = (
    *("column", "purpose", "channel", "granted", "denied", "withdrawn", "pending"),
    *("collected_at", "source", "policy_version", "wording"),
)
_ANSWERS: Final = ("granted", "denied", "withdrawn", "pending")
_TOP: Final = ("customer", "consents", "time_zone")
_KEY: Final = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_ASSIGNED: Final = re.compile(rf"\s*({_KEY}(?:\s*\.\s*{_KEY})*)\s*=")
_HEADED: Final = re.compile(rf"\s*(\[\[?)\s*({_KEY}(?:\s*\.\s*{_KEY})*)\s*\]")

Table = Mapping[str, object]
Path = tuple[str, ...]


def read_mapping(path: File) -> FileMapping:
    """The mapping in the file; raises UnreadableFile with every mistake, each with its line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        found = tomllib.loads(text)
    except OSError as problem:
        raise UnreadableFile(f"{path.name} cannot be read: {problem.strerror}.") from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise UnreadableFile(f"{path.name} is not TOML in UTF-8: {problem}.") from problem
    reading = _Reading(path.name, dict(_lines(text)))
    mapping = reading.mapping(found)
    if reading.mistakes:
        raise UnreadableFile("\n".join(reading.mistakes))
    return mapping


class _Reading:
    def __init__(self, name: str, lines: Mapping[Path, int]) -> None:
        self.mistakes: list[str] = []
        self._name = name
        self._lines = lines

    def mapping(self, found: Table) -> FileMapping:
        for key in found:
            if key not in _TOP:
                self._unknown((key,), "section", key, _TOP)
        customer = self._table(found.get("customer", {}), "customer")
        if not customer:
            self._wrong(("customer",), "there is no [customer] section that maps any target")
        return FileMapping(
            dict(self._targets(customer)), tuple(self._consents(found)), self._zone(found)
        )

    def _targets(self, customer: Table) -> Iterator[tuple[str, Origin]]:
        for target, value in _named(customer):
            path = ("customer", *target.split("."))
            group, _, key = target.partition(".")
            if target in FIELDS or (group in GROUPS and key):
                yield target, self._origin(value, *path)
            else:
                known = (*FIELDS, *(f"{group}.<name>" for group in GROUPS))
                self._unknown(path, "target", target, known)

    def _origin(self, value: object, *path: str) -> Origin:
        line = self._line(path)
        if isinstance(value, str):
            return Origin(line, (value,))
        if isinstance(value, list):
            return Origin(line, self._texts(cast("object", value), *path))
        options = self._table(value, *path)
        for option in options:
            if option not in _OPTIONS:
                self._unknown((*path, option), "option", option, _OPTIONS)
        columns = options.get("columns", options.get("column", []))
        listed = [columns] if isinstance(columns, str) else columns
        if not listed and "value" not in options:
            self._wrong(path, "say column, columns or value")
        return Origin(
            line,
            self._texts(listed, *path),
            cells.text(options.get("value")),
            self._text(options, "separator", *path),
            self._format(options, path),
            self._values(options, path),
            self._one_of(options, "type", tuple(TYPES), path) or "text",
        )

    def _consents(self, found: Table) -> Iterator[ConsentOrigin]:
        tables = found.get("consents", [])
        if not isinstance(tables, list):
            self._wrong(("consents",), "write every consent as a section [[consents]]")
            return
        for position, value in enumerate(cast(list[object], tables)):
            path = ("consents", str(position))
            yield self._consent(self._table(value, *path), path)

    def _consent(self, table: Table, path: Path) -> ConsentOrigin:
        for key in table:
            if key not in _CONSENT:
                self._unknown((*path, key), "option", key, _CONSENT)
        for key in ("column", "purpose", "source", "policy_version", "wording"):
            if not isinstance(table.get(key), str):
                self._wrong(path, f"a consent needs {key} = a text")
        channel = self._one_of(table, "channel", tuple(Channel), path)
        collected = table.get("collected_at")
        return ConsentOrigin(
            line=self._line(path),
            column=str(table.get("column")),
            purpose=str(table.get("purpose")),
            channel=Channel(channel) if channel else None,
            answers=self._answers(table, path),
            collected=None if collected is None else self._origin(collected, *path, "collected_at"),
            source=str(table.get("source")),
            policy_version=str(table.get("policy_version")),
            wording=str(table.get("wording")),
        )

    def _answers(self, table: Table, path: Path) -> Mapping[str, ConsentStatus]:
        if not any(name in table for name in _ANSWERS):
            granted = dict.fromkeys(cells.YES, ConsentStatus.GRANTED)
            return granted | dict.fromkeys(cells.NO, ConsentStatus.DENIED)
        answers: dict[str, ConsentStatus] = {}
        for name in _ANSWERS:
            for word in self._texts(table.get(name, []), *path, name):
                if answers.setdefault(word.casefold(), ConsentStatus(name.upper())) != name.upper():
                    self._wrong((*path, name), f"{word!r} already has another meaning")
        return answers

    def _zone(self, found: Table) -> ZoneInfo:
        name = found.get("time_zone", "UTC")
        try:
            return ZoneInfo(places.time_zone(str(name)))
        except Invalid as problem:
            self._wrong(("time_zone",), str(problem))
            return ZoneInfo("UTC")

    def _format(self, options: Table, path: Path) -> str | None:
        pattern = self._text(options, "format", *path)
        if pattern and "%y" in pattern:
            self._wrong((*path, "format"), "two-digit years are ambiguous: use %Y")
        return pattern

    def _values(self, options: Table, path: Path) -> Mapping[str, str] | None:
        if "values" not in options:
            return None
        table = self._table(options["values"], *path, "values")
        return {word: str(meaning) for word, meaning in table.items()}

    def _one_of(self, table: Table, key: str, known: Sequence[str], path: Path) -> str | None:
        value = table.get(key)
        if value is not None and value not in known:
            self._unknown((*path, key), key, str(value), known)
            return None
        return None if value is None else str(value)

    def _text(self, table: Table, key: str, *path: str) -> str | None:
        value = table.get(key)
        if value is not None and not (isinstance(value, str) and value):
            self._wrong((*path, key), f"{key} must be a text that is not empty")
            return None
        return value

    def _texts(self, value: object, *path: str) -> tuple[str, ...]:
        items = cast(list[object], value) if isinstance(value, list) else [value]
        if not all(isinstance(item, str) for item in items):
            self._wrong(path, "write a text or a list of texts here")
        return tuple(map(str, items))

    def _table(self, value: object, *path: str) -> Table:
        if isinstance(value, dict):
            return cast(Table, value)
        self._wrong(path, "write a column's name, a list of them, or { column = ... } here")
        return {}

    def _unknown(self, path: Path, kind: str, name: str, known: Sequence[str]) -> None:
        self._wrong(path, f"there is no {kind} {name!r}; there are {', '.join(known)}")

    def _wrong(self, path: Path, sentence: str) -> None:
        self.mistakes.append(f"{self._name}, line {self._line(path)}: {sentence}.")

    def _line(self, path: Path) -> int:
        """Of the key itself, else of the nearest thing that holds it."""
        for length in range(len(path), 0, -1):
            if path[:length] in self._lines:
                return self._lines[path[:length]]
        return 1


def _named(customer: Table) -> Iterator[tuple[str, object]]:
    """Targets with dotted names: the groups are one level deep, their names may hold dots."""
    groups = {*GROUPS, *(field.partition(".")[0] for field in FIELDS if "." in field)}
    for key, value in customer.items():
        if key in groups and isinstance(value, dict):
            inner = cast(Table, value).items()
            yield from ((f"{key}.{name}", below) for name, below in inner)
        else:
            yield key, value


def _lines(text: str) -> Iterator[tuple[Path, int]]:
    """Where each key and section begins; the n-th [[section]] is (section, n)."""
    section: Path = ()
    counted: dict[Path, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if headed := _HEADED.match(line):
            section = _parts(headed[2])
            if headed[1] == "[[":
                position = counted[section] = counted.get(section, -1) + 1
                section = (*section, str(position))
            yield section, number
        elif assigned := _ASSIGNED.match(line):
            yield (*section, *_parts(assigned[1])), number


def _parts(key: str) -> Path:
    return tuple(part.strip("\"'") for part in re.findall(_KEY, key))
