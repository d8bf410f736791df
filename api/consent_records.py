"""Records, states and decisions of consent in the schema."""

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import strawberry
from strawberry.dataloader import DataLoader

from api.actors import Actor
from api.consent_inputs import PurposeKey
from api.context import Context
from api.fields import attribute, field
from api.level import Node
from api.pages import PageInfo
from api.scalars import Instant, LocaleTag
from consent import policy, records
from consent.ledger import History
from consent.records import Channel, ConsentStatus, LawfulBasis
from domain.errors import invalid
from domain.ids import ConsentRecordId, CustomerId
from domain.personal import PiiClass

_HIGHEST: Final = 1 << 53


class Evidence(DataLoader[ConsentRecordId, "ConsentRecord | None"]):
    """The records behind states and decisions: one query for all that one list asks for."""

    def __init__(self, context: Context) -> None:
        self.context = context

        async def load(ids: Sequence[ConsentRecordId]) -> list[ConsentRecord | None]:
            found = await context.services.consents.records(ids)
            return [ConsentRecord.of(context, found[id_]) if id_ in found else None for id_ in ids]

        super().__init__(load)


@strawberry.type(description="What a person decided, as evidence that nobody can change.")
class ConsentRecord(Node):
    customer_id: strawberry.ID = attribute("Who decided.", pii=PiiClass.BEHAVIOUR)
    purpose: PurposeKey = attribute("What it is about.", pii=PiiClass.BEHAVIOUR)
    channel: Channel | None = attribute(
        "The channel; null for every channel of the purpose.", pii=PiiClass.BEHAVIOUR
    )
    status: ConsentStatus = attribute("What they decided.", pii=PiiClass.BEHAVIOUR)
    basis: LawfulBasis = strawberry.field(description="The lawful basis it was given on.")
    collected_at: Instant = attribute("When the person decided.", pii=PiiClass.BEHAVIOUR)
    recorded_at: Instant = strawberry.field(description="When it was written down here.")
    recorded_by: Actor = attribute("Who wrote it down.", unmarked="the caller then")
    source: str = strawberry.field(description="Where they decided, like checkout.")
    policy_version: str = strawberry.field(description="The version of the policy they saw.")
    wording_hash: str = strawberry.field(
        description="SHA-256 of the text they saw (NFC, LF line ends), in hexadecimal."
    )
    locale: LocaleTag | None = strawberry.field(description="The language of that text.")
    double_opt_in_at: Instant | None = strawberry.field(
        description="When they confirmed it, where they were asked to."
    )
    expires_at: Instant | None = strawberry.field(description="When a yes lapses; null for never.")
    imported: bool = strawberry.field(
        description="Whether it came out of another system's file: such a yes lifts no refusal."
    )

    @classmethod
    def of(cls, context: Context, record: records.ConsentRecord) -> "ConsentRecord":
        context.show(record.customer_id, PiiClass.BEHAVIOUR)
        return cls(
            id=strawberry.ID(record.id),
            customer_id=strawberry.ID(record.customer_id),
            purpose=PurposeKey(record.purpose),
            channel=record.channel,
            status=record.status,
            basis=record.basis,
            collected_at=Instant(record.collected_at),
            recorded_at=Instant(record.recorded_at),
            recorded_by=Actor.of(record.recorded_by),
            source=record.source,
            policy_version=record.policy_version,
            wording_hash=record.wording_hash,
            locale=LocaleTag(record.locale) if record.locale else None,
            double_opt_in_at=_instant(record.double_opt_in_at),
            expires_at=_instant(record.expires_at),
            imported=record.imported,
        )


@strawberry.type(description="Where a customer's consent stands for one purpose and channel.")
class ConsentState:
    evidence: strawberry.Private[Evidence]
    record_id: strawberry.Private[ConsentRecordId]
    purpose: PurposeKey = attribute("What it is about.", pii=PiiClass.BEHAVIOUR)
    channel: Channel | None = attribute(
        "The channel; null for every channel without a state of its own.", pii=PiiClass.BEHAVIOUR
    )
    status: ConsentStatus = attribute("Where it stands now.", pii=PiiClass.BEHAVIOUR)
    since: Instant | None = attribute("When the person decided so.", pii=PiiClass.BEHAVIOUR)
    expires_at: Instant | None = strawberry.field(description="When a yes lapses; null for never.")

    @field("The record it follows from.", scope="consent:read")
    async def record(self) -> ConsentRecord | None:
        return await self.evidence.load(self.record_id)

    @classmethod
    def of(
        cls, state: records.ConsentState, holder: CustomerId, at: datetime, evidence: Evidence
    ) -> "ConsentState":
        """The state of this customer as it stands at this moment."""
        evidence.context.show(holder, PiiClass.BEHAVIOUR)
        return cls(
            evidence=evidence,
            record_id=state.record_id,
            purpose=PurposeKey(state.purpose),
            channel=state.channel,
            status=policy.status_at(state, at),
            since=Instant(state.since),
            expires_at=_instant(state.expires_at),
        )


@strawberry.type(description="Whether something may be done to a customer now, and why.")
class ConsentDecision:
    evidence: strawberry.Private[Evidence]
    record_id: strawberry.Private[ConsentRecordId | None]
    allowed: bool = attribute("Whether it may be done.", pii=PiiClass.BEHAVIOUR)
    purpose: PurposeKey = attribute("What was asked about.", pii=PiiClass.BEHAVIOUR)
    channel: Channel | None = attribute(
        "The channel asked about; null for every channel at once.", pii=PiiClass.BEHAVIOUR
    )
    reason: str = attribute(
        "Why, stable for programs. Allowed: "
        + ", ".join(sorted(policy.ALLOWING))
        + ". Refused: "
        + ", ".join(reason for reason in policy.Reason if reason not in policy.ALLOWING)
        + ".",
        pii=PiiClass.BEHAVIOUR,
    )
    basis: LawfulBasis | None = attribute(
        "The lawful basis, where there is.", pii=PiiClass.BEHAVIOUR
    )
    valid_until: Instant | None = attribute(
        "When the permission ends by itself; null for never.", pii=PiiClass.BEHAVIOUR
    )

    @field("The record that decided, where one did.", scope="consent:read")
    async def record(self) -> ConsentRecord | None:
        return await self.evidence.load(self.record_id) if self.record_id else None

    @classmethod
    def of(
        cls, decision: records.ConsentDecision, holder: CustomerId, evidence: Evidence
    ) -> "ConsentDecision":
        """The decision about this customer."""
        evidence.context.show(holder, PiiClass.BEHAVIOUR)
        return cls(
            evidence=evidence,
            record_id=decision.record_id,
            allowed=decision.allowed,
            purpose=PurposeKey(decision.purpose),
            channel=decision.channel,
            reason=decision.reason,
            basis=decision.basis,
            valid_until=_instant(decision.valid_until),
        )


@strawberry.type(description="A page of a customer's consent records, the newest first.")
class ConsentRecordConnection:
    nodes: list[ConsentRecord] = strawberry.field(description="The records.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the history.")

    @classmethod
    def of(
        cls, context: Context, history: History, *, has_previous: bool
    ) -> "ConsentRecordConnection":
        cursors = [written_cursor(record.seq) for record in history.records]
        return cls(
            nodes=[ConsentRecord.of(context, record) for record in history.records],
            page_info=PageInfo.of(cursors, has_next=history.has_more, has_previous=has_previous),
        )


def written_cursor(seq: int) -> str:
    """The place behind the record with this number."""
    return base64.urlsafe_b64encode(f"consent|{seq}".encode()).decode().rstrip("=")


def read_cursor(cursor: str | None) -> int | None:
    """The number; raises Invalid at ``after`` for a cursor that is not of this list."""
    if cursor is None:
        return None
    try:
        kind, _, number = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).partition(
            b"|"
        )
        seq = int(number) if kind == b"consent" else 0
    except (binascii.Error, ValueError):
        seq = 0
    if not 0 < seq <= _HIGHEST:
        message = "This cursor is not of this list: take it from a page of the same history."
        raise invalid(("after",), "CURSOR_INVALID", message)
    return seq


def _instant(at: datetime | None) -> Instant | None:
    return Instant(at) if at is not None else None
