"""Where consent is kept: the append-only records, and the standing that follows from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from consent.records import ConsentRecord, ConsentStanding
from domain.ids import ConsentRecordId, CustomerId
from domain.work import Change


@dataclass(frozen=True, slots=True)
class AppendConsents(Change):
    """Appends records and moves the standing on; Stale where somebody else appended meanwhile."""

    records: tuple[ConsentRecord, ...]
    before: ConsentStanding
    after: ConsentStanding


@dataclass(frozen=True, slots=True)
class History:
    """A stretch of one customer's records, newest first, and whether there are older ones."""

    records: tuple[ConsentRecord, ...] = ()
    has_more: bool = False


class ConsentRecords(Protocol):
    """Every consent record. Each method is one query, however many customers it is about."""

    async def standings(self, ids: Sequence[CustomerId]) -> Mapping[CustomerId, ConsentStanding]:
        """The standing of every customer that exists, by id."""
        ...

    async def history(
        self, ids: Sequence[CustomerId], first: int, after: int | None
    ) -> Mapping[CustomerId, History]:
        """Up to ``first`` records of each customer, from the one before number ``after`` back."""
        ...

    async def get_many(
        self, ids: Sequence[ConsentRecordId]
    ) -> Mapping[ConsentRecordId, ConsentRecord]:
        """Those that exist, by id."""
        ...

    async def of_acts(
        self, customer_id: CustomerId, acts: Sequence[str]
    ) -> Mapping[str, ConsentRecord]:
        """The customer's records of these acts (see ``recording.act_key``), by act."""
        ...
