"""Recording what people decided, and answering what that allows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from consent import policy
from consent.checking import check
from consent.ledger import AppendConsents, ConsentRecords, History
from consent.purposes import Purposes, PurposeTree
from consent.recording import Recording, act_key, append
from consent.records import (
    Channel,
    ConsentAct,
    ConsentDecision,
    ConsentRecord,
    ConsentStanding,
    ConsentState,
)
from domain.actor import Actor
from domain.customer import CustomerStatus
from domain.errors import NotFound
from domain.events import Fact, Topic
from domain.ids import FACT, ConsentRecordId, CustomerId, FactId
from domain.ports import Clock, Ids
from domain.work import Change, Decision

_TREE_IS_FRESH_FOR: Final = timedelta(minutes=1)
_GONE: Final = frozenset({CustomerStatus.ERASED, CustomerStatus.MERGED})


@dataclass(frozen=True, slots=True)
class RecordedConsents:
    """The record of every act reported, in that order, and all states of the customer after it."""

    records: tuple[ConsentRecord, ...]
    states: tuple[ConsentState, ...]

    @property
    def customer_id(self) -> CustomerId:
        return self.records[0].customer_id


@dataclass(slots=True)
class Consents:
    """What customers allowed. Reads take any number of customers and cost one query."""

    ledger: ConsentRecords
    purposes: Purposes
    clock: Clock
    ids: Ids
    _tree: tuple[datetime, PurposeTree] | None = field(default=None, init=False)

    async def tree(self) -> PurposeTree:
        """The purposes there are, at most a minute old."""
        now = self.clock()
        if self._tree is None or now - self._tree[0] >= _TREE_IS_FRESH_FOR:
            self._tree = now, PurposeTree(tuple(await self.purposes.all()))
        return self._tree[1]

    async def record(
        self,
        customer_id: CustomerId,
        acts: Sequence[ConsentAct],
        by: Actor,
        *,
        imported: bool = False,
    ) -> Decision[RecordedConsents]:
        """Appends what the person decided.

        Exactly the same act again (purpose, channel, status, basis, moment, end, source, policy
        version and wording) appends nothing and answers with the record there is, so that an
        import can be run again. Raises Invalid, its paths starting with ``consents``, and NotFound.
        """
        recording = Recording(by, self.clock(), imported)
        check(acts, await self.tree(), recording.at)
        before = (await self.ledger.standings([customer_id])).get(customer_id)
        if before is None or before.status in _GONE:
            raise NotFound("customer", ("customer",))
        distinct = {act_key(act): act for act in reversed(acts)}
        known = dict(await self.ledger.of_acts(customer_id, list(distinct)))
        new = [act for key, act in reversed(distinct.items()) if key not in known]
        records, after = append(before, new, recording, self.ids)
        known |= {act_key(record): record for record in records}
        answer = RecordedConsents(tuple(known[act_key(act)] for act in acts), after.states)
        return Decision(answer, self._changes(records, before, after, recording))

    async def first(
        self,
        customer_id: CustomerId,
        acts: Sequence[ConsentAct],
        by: Actor,
        *,
        imported: bool = False,
    ) -> tuple[Change, ...]:
        """The changes that record the first acts of a customer created in the same commit.

        Reads nothing of the customer; no acts, no changes. Raises Invalid as ``record`` does.
        """
        if not acts:
            return ()
        recording = Recording(by, self.clock(), imported)
        check(acts, await self.tree(), recording.at)
        distinct = {act_key(act): act for act in acts}
        before = ConsentStanding(customer_id)
        records, after = append(before, distinct.values(), recording, self.ids)
        return self._changes(records, before, after, recording)

    async def standings(self, ids: Sequence[CustomerId]) -> dict[CustomerId, ConsentStanding]:
        """Every standing asked for, an empty one where there is no such customer."""
        found = await self.ledger.standings(ids)
        return {id_: found.get(id_) or ConsentStanding(id_) for id_ in ids}

    async def history(
        self, customer_ids: Sequence[CustomerId], first: int, after: int | None = None
    ) -> dict[CustomerId, History]:
        """Up to ``first`` records of each, newest first, from before number ``after`` on."""
        found = await self.ledger.history(customer_ids, first, after)
        return {id_: found.get(id_) or History() for id_ in customer_ids}

    async def records(
        self, ids: Sequence[ConsentRecordId]
    ) -> Mapping[ConsentRecordId, ConsentRecord]:
        """The records that exist, by id."""
        return await self.ledger.get_many(ids) if ids else {}

    async def decide_many(
        self, ids: Sequence[CustomerId], purpose: str, channel: Channel | None, at: datetime
    ) -> dict[CustomerId, ConsentDecision]:
        """What ``policy.decide`` says about every customer, in one query.

        A customer that does not exist is refused with UNKNOWN_CUSTOMER.
        """
        tree, found = await self.tree(), await self.ledger.standings(ids)
        return {
            id_: policy.decide(found[id_], tree, purpose, channel, at, status=found[id_].status)
            if id_ in found
            else policy.unknown_customer(purpose, channel)
            for id_ in ids
        }

    def _changes(
        self,
        records: tuple[ConsentRecord, ...],
        before: ConsentStanding,
        after: ConsentStanding,
        recording: Recording,
    ) -> tuple[Change, ...]:
        if not records:
            return ()
        fact = Fact(
            id=FactId(self.ids(FACT)),
            topic=Topic.CONSENT_CHANGED,
            customer_id=before.customer_id,
            at=recording.at,
            by=recording.by,
            changed_fields=("consents",),
        )
        return (AppendConsents(records, before, after), fact)
