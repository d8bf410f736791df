"""Any table of customers becomes drafts, as a mapping says which column is what."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Final, TypeVar

from consent.records import ConsentAct, ConsentStatus
from customers import shaping
from customers.drafts import AddressDraft, AttributeDraft, CustomerDraft
from domain.customer import Birthday, ExternalId, PersonName
from domain.errors import Issue, invalid
from domain.issues import Issues
from intake import cells
from intake.columns import column_behind
from intake.lines import UnreadableFile
from intake.origins import TYPES, ConsentOrigin, FileMapping, Origin
from intake.rows import Drafted, Row
from intake.tags import keyed

T = TypeVar("T")

_EARLIEST: Final = 1990
_MOST_TOLD: Final = 50


@dataclass(slots=True)
class MappedTable:
    """Reads rows by a mapping; raises UnreadableFile where the file lacks a column it names.

    ``columns`` None means that they are known only row by row. ``collected_at`` dates consents
    whose own date the mapping does not name; a yes counts by it only where it is ``dated``,
    which is to say that somebody named that date, and else awaits its evidence.
    """

    mapping: FileMapping
    columns: tuple[str, ...] | None
    collected_at: datetime
    dated: bool = False
    _seen: dict[str, None] = field(default_factory=dict[str, None])
    _beyond: int = 0

    def __post_init__(self) -> None:
        if self.columns is None:
            return
        missing = [(c, line) for c, line in self.mapping.columns() if c not in self.columns]
        if missing:
            named = ", ".join(f"{column!r} (line {line})" for column, line in missing)
            raise UnreadableFile(
                # never what it has: without a header the first line is a person
                f"The mapping names columns that the file does not have: {named}. "
                f"It has {len(self.columns)} columns; its first line must name them."
            )

    @property
    def asks(self) -> bool:
        """Whether any column is about consent."""
        return bool(self.mapping.consents)

    @property
    def unread(self) -> tuple[str, ...]:
        """Columns that the mapping takes nothing from, as far as they have been seen.

        Of JSON the first fifty keys, and how many cells have others: keys may be one a person.
        """
        if self.columns is None:
            more = (f"{self._beyond:,} cells of others",) if self._beyond else ()
            return (*self._seen, *more)
        read = self._read()
        return tuple(c for c in self.columns if c and c not in read)

    def _read(self) -> frozenset[str]:
        return frozenset(column for column, _ in self.mapping.columns())

    def _look(self, row: Row) -> None:
        read = self._read()
        for column in row.values:
            if not column or column in read or column in self._seen:
                continue
            if len(self._seen) < _MOST_TOLD:
                self._seen[column] = None
            else:
                self._beyond += 1

    def __call__(self, row: Row) -> Drafted:
        """The row as a draft; raises Invalid with every problem that can be seen in the row."""
        if self.columns is None:
            self._look(row)
        issues, remarks = Issues(), list[Issue]()
        reading = _Reading(self.mapping, row, issues)
        labels = keyed(reading.all("tags"), remarks)
        draft = replace(
            self._said(reading),
            name=reading.name(),
            locale=reading.first("locale"),
            time_zone=reading.first("time_zone"),
            birthday=reading.birthday(),
            addresses=reading.addresses(remarks),
            attributes=reading.attributes(),
            tags=tuple(labels),
        )
        issues.raise_any()
        named = partial(column_behind, draft, partial(self.mapping.columns_of, row))
        return Drafted(row.line, draft, tuple(remarks), labels, named)

    def answers(self, row: Row) -> CustomerDraft:
        """Of the row whom it is about and what of consent it says, as far as it can be read."""
        return self._said(_Reading(self.mapping, row, Issues()))

    def _said(self, reading: "_Reading") -> CustomerDraft:
        return CustomerDraft(
            emails=reading.all("emails"),
            phones=reading.all("phones"),
            default_phone_region=reading.first("phone_region") or reading.country(),
            external_ids=tuple(reading.external_ids()),
            consents=reading.consents(self.collected_at, dated=self.dated),
        )


@dataclass(frozen=True, slots=True)
class _Reading:
    mapping: FileMapping
    row: Row
    issues: Issues

    def all(self, target: str) -> tuple[str, ...]:
        origin = self.mapping.targets.get(target)
        return self._tried(lambda: tuple(origin.all(self.row)), ()) if origin else ()

    def first(self, target: str) -> str | None:
        return next(iter(self.all(target)), None)

    def country(self) -> str | None:
        return self.first("address.country")

    def name(self) -> PersonName | None:
        given, middle, family = (self.first(f"name.{p}") for p in ("given", "middle", "family"))
        return PersonName(given, family, middle) if given or middle or family else None

    def external_ids(self) -> Iterator[ExternalId]:
        for source in self._keys("external_id"):
            path = self.mapping.targets[f"external_id.{source}"].path
            for value in self.all(f"external_id.{source}"):
                # as it will be kept, else neither the next row nor the next run would find it
                kept = self._tried(partial(shaping.text, value, path), None)
                if kept is not None:
                    yield ExternalId(source, kept)

    def birthday(self) -> Birthday | None:
        origin = self.mapping.targets.get("birthday")
        if origin is None:
            return None
        return self._tried(
            lambda: cells.birthday(origin.first(self.row), origin.format, origin.path), None
        )

    def addresses(self, remarks: list[Issue]) -> tuple[AddressDraft, ...]:
        lines = self.all("address.lines")
        city, region, postal, kind = (
            self.first(f"address.{part}") for part in ("city", "region", "postal_code", "kind")
        )
        if not (lines or city or region or postal):
            return ()
        country = self.country()
        if country is None:
            message = "The address has no country and was left out: map address.country."
            remarks.append(Issue(("address.country",), "ADDRESS_WITHOUT_COUNTRY", message))
            return ()
        return (AddressDraft(lines, country, city, region, postal, kind, is_default=True),)

    def attributes(self) -> tuple[AttributeDraft, ...]:
        found: list[AttributeDraft] = []
        for key in self._keys("attribute"):
            with self.issues.collect():
                value = self._attribute(self.mapping.targets[f"attribute.{key}"])
                if value is not None:
                    found.append(AttributeDraft(key, value))
        return tuple(found)

    def consents(self, collected_at: datetime, *, dated: bool) -> tuple[ConsentAct, ...]:
        acts: list[ConsentAct] = []
        for consent in self.mapping.consents:
            with self.issues.collect():
                acts.extend(self._act(consent, collected_at, dated=dated))
        return tuple(acts)

    def _tried(self, read: Callable[[], T], otherwise: T) -> T:
        found = [otherwise]
        with self.issues.collect():
            found.append(read())
        return found[-1]

    def _attribute(self, origin: Origin) -> object:
        if origin.separator is not None:
            return origin.all(self.row) or None
        return TYPES[origin.type](origin.first(self.row), origin.path)

    def _act(
        self, consent: ConsentOrigin, collected_at: datetime, *, dated: bool
    ) -> Iterable[ConsentAct]:
        said = cells.text(self.row.values.get(consent.column))
        if said is None:
            return ()
        status = consent.answers.get(said.casefold())
        if status is None:
            message = f"The mapping (line {consent.line}) does not say what this answer means."
            raise invalid((consent.column,), "CONSENT_UNKNOWN", message)
        if status is not ConsentStatus.GRANTED:
            # a no counts for the whole file, although its own row is refused for its date
            own = self._tried(lambda: self._moment(consent.collected), None)
        elif (own := self._moment(consent.collected)) is None:
            status = _undated(consent, dated=dated)
        act = ConsentAct(
            purpose=consent.purpose,
            status=status,
            collected_at=own or collected_at,
            source=consent.source,
            policy_version=consent.policy_version,
            wording=consent.wording,
            channel=consent.channel,
        )
        return (act,)

    def _moment(self, origin: Origin | None) -> datetime | None:
        if origin is None:
            return None
        written = origin.first(self.row)
        found = cells.moment(written, origin.format, self.mapping.zone, origin.path)
        if found is not None and found.year < _EARLIEST:
            message = f"Nobody consented before {_EARLIEST}: the date stands for something else."
            raise invalid((origin.path,), "DATE_INVALID", message)
        return found

    def _keys(self, group: str) -> Iterator[str]:
        for target in self.mapping.targets:
            before, _, key = target.partition(".")
            if before == group:
                yield key


def _undated(consent: ConsentOrigin, *, dated: bool) -> ConsentStatus:
    """What a yes without a date of its own is worth; raises Invalid where its cell is empty."""
    if consent.collected is not None:
        message = "This yes has no date: say when it was given, or leave the answer out."
        path = (*consent.collected.columns[:1],)
        raise invalid(path, "DATE_MISSING", message)
    return ConsentStatus.GRANTED if dated else ConsentStatus.PENDING
