"""What a mapping says: which columns the values of each target come from."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final, cast

from consent.records import Channel, ConsentStatus
from domain.errors import invalid
from intake import cells
from intake.rows import Row

FIELDS: Final = (
    *("name.given", "name.middle", "name.family", "emails", "phones", "phone_region"),
    *("locale", "time_zone", "birthday", "tags", "address.lines", "address.city"),
    *("address.region", "address.postal_code", "address.country", "address.kind"),
)
GROUPS: Final = ("external_id", "attribute")
"""Targets of the caller's own naming: ``external_id.<system>`` and ``attribute.<key>``."""

TYPES: Final[Mapping[str, Callable[..., object]]] = {
    "text": cells.text,
    "int": cells.integer,
    "float": cells.decimal,
    "bool": cells.flag,
}
"""How the cells of an attribute are read; dates stay text in ISO 8601, lists have a separator."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the value of one target comes from; ``line`` is that of the mapping file.

    ``value`` fills in where the columns are empty. ``values`` translates what is in a cell, and
    refuses everything it does not name.
    """

    line: int
    columns: tuple[str, ...] = ()
    value: str | None = None
    separator: str | None = None
    format: str | None = None
    values: Mapping[str, str] | None = None
    type: str = "text"

    def all(self, row: Row) -> list[str]:
        """Every value in the columns, in their order."""
        found = [self._translated(v, c) for c in self.columns for v in self._split(row, c)]
        return found or ([self.value] if self.value is not None else [])

    def filled(self, row: Row) -> list[str]:
        """The column of every value, in the order of the values."""
        return [column for column in self.columns for _ in self._split(row, column)]

    def first(self, row: Row) -> str | None:
        """The value of the first column that has one."""
        return next(iter(self.all(row)), None)

    @property
    def path(self) -> str:
        """The name that a report calls it by."""
        return self.columns[0] if self.columns else ""

    def _split(self, row: Row, column: str) -> Iterator[str]:
        cell = row.values.get(column)
        listed = cast(list[object], cell) if isinstance(cell, list) else [cell]
        for item in listed:
            for part in (cells.text(item) or "").split(self.separator or "\0"):
                if part.strip():
                    yield part.strip()

    def _translated(self, text: str, column: str) -> str:
        if self.values is None:
            return text
        if text not in self.values:
            message = f"The mapping (line {self.line}) has no word for this value: add it there."
            raise invalid((column,), "VALUE_UNKNOWN", message)
        return self.values[text]


@dataclass(frozen=True, slots=True)
class ConsentOrigin:
    """A column that says whether somebody agreed; the words of each answer are case-folded."""

    line: int
    column: str
    purpose: str
    channel: Channel | None
    answers: Mapping[str, ConsentStatus]
    collected: Origin | None
    source: str
    policy_version: str
    wording: str


@dataclass(frozen=True, slots=True)
class FileMapping:
    """What the columns of one kind of file mean. ``zone`` is that of times without an offset."""

    targets: Mapping[str, Origin]
    consents: tuple[ConsentOrigin, ...]
    zone: tzinfo

    def columns_of(self, row: Row, target: str) -> Sequence[str]:
        """Of a target, or of all below it: the column of each value, else all there may be."""
        if origin := self.targets.get(target):
            return origin.filled(row) or origin.columns
        return [column for known, column in self._known() if f"{known}.".startswith(f"{target}.")]

    def _known(self) -> Iterator[tuple[str, str]]:
        for target, origin in self.targets.items():
            yield from ((target, column) for column in origin.columns)
        for consent in self.consents:
            channel = f".{consent.channel.value}" if consent.channel else ""
            yield f"consents.{consent.purpose}{channel}", consent.column

    def columns(self) -> Iterator[tuple[str, int]]:
        """Every column it names, with the line it is named in."""
        for origin in self.targets.values():
            yield from ((column, origin.line) for column in origin.columns)
        for consent in self.consents:
            yield consent.column, consent.line
            collected = consent.collected.columns if consent.collected else ()
            yield from ((column, consent.line) for column in collected)
