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
from api.fields import field
from api.level import Node
from api.pages import PageInfo
from api.scalars import Instant, LocaleTag
from consent import policy, records
from consent.ledger import History
from consent.records import Channel, ConsentStatus, LawfulBasis
from consent.service import Consents
from domain.errors import invalid
from domain.ids import ConsentRecordId

_HIGHEST: Final = 1 << 53


class Evidence(DataLoader[ConsentRecordId, "ConsentRecord | None"]):
    """The records behind states and decisions: one query for all that one list asks for."""

    def __init__(self, consents: Consents) -> None:
        async def load(ids: Sequence[ConsentRecordId]) -> list[ConsentRecord | None]:
            found = await consents.records(ids)
            return [ConsentRecord.of(found[id_]) if id_ in found else None for id_ in ids]

        super().__init__(load)


@strawberry.type(description="What a person decided, as evidence that nobody can change.")
class ConsentRecord(Node):
    customer_id: strawberry.ID = strawberry.field(description="Who decided.")
    purpose: PurposeKey = strawberry.field(description="What it is about.")
    channel: Channel | None = strawberry.field(
        description="The channel; null for every channel of the purpose."
    )
    status: ConsentStatus = strawberry.field(description="What they decided.")
    basis: LawfulBasis = strawberry.field(description="The lawful basis it was given on.")
    collected_at: Instant = strawberry.field(description="When the person decided.")
    recorded_at: Instant = strawberry.field(description="When it was written down here.")
    recorded_by: Actor = strawberry.field(description="Who wrote it down.")
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
    def of(cls, record: records.ConsentRecord) -> "ConsentRecord":
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
    purpose: PurposeKey = strawberry.field(description="What it is about.")
    channel: Channel | None = strawberry.field(
        description="The channel; null for every channel without a state of its own."
    )
    status: ConsentStatus = strawberry.field(description="Where it stands now.")
    since: Instant | None = strawberry.field(description="When the person decided so.")
    expires_at: Instant | None = strawberry.field(description="When a yes lapses; null for never.")

    @field("The record it follows from.", scope="consent:read")
    async def record(self) -> ConsentRecord | None:
        return await self.evidence.load(self.record_id)

    @classmethod
    def of(cls, state: records.ConsentState, at: datetime, evidence: Evidence) -> "ConsentState":
        """The state as it stands at this moment."""
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
    allowed: bool = strawberry.field(description="Whether it may be done.")
    purpose: PurposeKey = strawberry.field(description="What was asked about.")
    channel: Channel | None = strawberry.field(
        description="The channel asked about; null for every channel at once."
    )
    reason: str = strawberry.field(
        description="Why, stable for programs. Allowed: "
        + ", ".join(sorted(policy.ALLOWING))
        + ". Refused: "
        + ", ".join(reason for reason in policy.Reason if reason not in policy.ALLOWING)
        + "."
    )
    basis: LawfulBasis | None = strawberry.field(description="The lawful basis, where there is.")
    valid_until: Instant | None = strawberry.field(
        description="When the permission ends by itself; null for never."
    )

    @field("The record that decided, where one did.", scope="consent:read")
    async def record(self) -> ConsentRecord | None:
        return await self.evidence.load(self.record_id) if self.record_id else None

    @classmethod
    def of(cls, decision: records.ConsentDecision, evidence: Evidence) -> "ConsentDecision":
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
    def of(cls, history: History, *, has_previous: bool) -> "ConsentRecordConnection":
        cursors = [written_cursor(record.seq) for record in history.records]
        return cls(
            nodes=[ConsentRecord.of(record) for record in history.records],
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
