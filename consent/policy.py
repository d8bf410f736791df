"""What the records allow. No record means no."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from consent.purposes import PurposeTree, ancestors
from consent.records import (
    Channel,
    ConsentDecision,
    ConsentStanding,
    ConsentState,
    ConsentStatus,
    LawfulBasis,
    Purpose,
)
from consent.reducing import REFUSALS, SKEW
from domain.customer import CustomerStatus
from domain.errors import ConsentRequired


class Reason(StrEnum):
    """Why a decision fell; stable words that programs may rely on. See ``ALLOWING``."""

    UNKNOWN_CUSTOMER = "UNKNOWN_CUSTOMER"
    ERASED = "ERASED"
    MERGED = "MERGED"
    RESTRICTED = "RESTRICTED"
    UNKNOWN_PURPOSE = "UNKNOWN_PURPOSE"
    PURPOSE_INACTIVE = "PURPOSE_INACTIVE"
    CHANNEL_NOT_OF_PURPOSE = "CHANNEL_NOT_OF_PURPOSE"
    PARENT_DENIED = "PARENT_DENIED"
    PARENT_WITHDRAWN = "PARENT_WITHDRAWN"
    DENIED = "DENIED"
    WITHDRAWN = "WITHDRAWN"
    NO_RECORD = "NO_RECORD"
    PENDING = "PENDING"
    BASIS_NOT_ALLOWED = "BASIS_NOT_ALLOWED"
    NOT_YET_GRANTED = "NOT_YET_GRANTED"
    EXPIRED = "EXPIRED"
    GRANTED = "GRANTED"
    CONTRACT = "CONTRACT"
    LEGAL_OBLIGATION = "LEGAL_OBLIGATION"


CLOSED: Final = {
    CustomerStatus.ERASED: Reason.ERASED,
    CustomerStatus.MERGED: Reason.MERGED,
    CustomerStatus.RESTRICTED: Reason.RESTRICTED,
}
"""In these nothing is allowed, whatever was said."""
_ABOVE: Final = {
    ConsentStatus.DENIED: Reason.PARENT_DENIED,
    ConsentStatus.WITHDRAWN: Reason.PARENT_WITHDRAWN,
}
UNASKED: Final = frozenset({LawfulBasis.CONTRACT, LawfulBasis.LEGAL_OBLIGATION})
"""A purpose that rests on these alone needs no record."""
ALLOWING: Final = frozenset({Reason.GRANTED, Reason.CONTRACT, Reason.LEGAL_OBLIGATION})
"""The reasons that allow; every other one refuses."""
_LAPSING: Final = frozenset({ConsentStatus.GRANTED, ConsentStatus.PENDING})
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


def decide(
    standing: ConsentStanding,
    tree: PurposeTree,
    purpose: str,
    channel: Channel | None,
    at: datetime,
    *,
    status: CustomerStatus,
) -> ConsentDecision:
    """Whether this may be done to this customer now (``at``); the first rule that matches decides.

    A refusal of a purpose covers the purposes below it, a grant does not. ``channel`` None asks
    for every channel at once: one channel that refuses, refuses. A purpose that rests on contract
    or legal obligation alone needs no record, but a refusal of it is kept to.
    """
    asked = _Question(standing, purpose, channel, at)
    if closed := CLOSED.get(status):
        return asked.answer(closed)
    found = tree.find(purpose)
    if found is None:
        return asked.answer(Reason.UNKNOWN_PURPOSE)
    return (
        _unusable(asked, found)
        or _refused_above(asked, found)
        or _refused(asked, found)
        or _unasked(asked, found)
        or _consented(asked, found)
    )


def require(
    standing: ConsentStanding,
    tree: PurposeTree,
    purpose: str,
    channel: Channel | None,
    at: datetime,
    *,
    status: CustomerStatus,
) -> ConsentDecision:
    """The decision that allows it; raises ConsentRequired with the one that refuses."""
    decision = decide(standing, tree, purpose, channel, at, status=status)
    if not decision.allowed:
        raise ConsentRequired(standing.customer_id, [decision])
    return decision


def unknown_customer(purpose: str, channel: Channel | None) -> ConsentDecision:
    """The refusal for somebody there is no record of at all."""
    return ConsentDecision(
        allowed=False, purpose=purpose, channel=channel, reason=Reason.UNKNOWN_CUSTOMER
    )


def status_at(state: ConsentState, at: datetime) -> ConsentStatus:
    """The status with time taken into account: a grant past its end is EXPIRED."""
    lapsed = state.expires_at is not None and state.expires_at <= at
    return ConsentStatus.EXPIRED if state.status in _LAPSING and lapsed else state.status


@dataclass(frozen=True, slots=True)
class _Question:
    standing: ConsentStanding
    purpose: str
    channel: Channel | None
    at: datetime

    def answer(self, reason: Reason, state: ConsentState | None = None) -> ConsentDecision:
        allowed = reason in ALLOWING
        return ConsentDecision(
            allowed=allowed,
            purpose=self.purpose,
            channel=self.channel,
            reason=reason,
            basis=state.basis if state else None,
            record_id=state.record_id if state else None,
            valid_until=state.expires_at if state and allowed else None,
        )

    def states(self, key: str, channels: frozenset[Channel]) -> list[ConsentState]:
        """What was said about this purpose in the channel asked for, or in each where all are."""
        said = {s.channel: s for s in self.standing.states if s.purpose == key}
        if self.channel is None:
            return [s for c, s in said.items() if c is None or c in channels]
        state = said.get(self.channel) or said.get(None)
        return [state] if state else []


def _unusable(asked: _Question, purpose: Purpose) -> ConsentDecision | None:
    if not purpose.active:
        return asked.answer(Reason.PURPOSE_INACTIVE)
    if asked.channel is not None and asked.channel not in purpose.channels:
        return asked.answer(Reason.CHANNEL_NOT_OF_PURPOSE)
    return None


def _refused_above(asked: _Question, purpose: Purpose) -> ConsentDecision | None:
    above = [s for key in ancestors(purpose.key) for s in asked.states(key, purpose.channels)]
    refusal = next((s for s in above if s.status in REFUSALS), None)
    return asked.answer(_ABOVE[refusal.status], refusal) if refusal else None


def _refused(asked: _Question, purpose: Purpose) -> ConsentDecision | None:
    own = asked.states(purpose.key, purpose.channels)
    refusal = next((s for s in own if s.status in REFUSALS), None)
    return asked.answer(Reason(refusal.status), refusal) if refusal else None


def _unasked(asked: _Question, purpose: Purpose) -> ConsentDecision | None:
    if not purpose.allowed_bases or not purpose.allowed_bases <= UNASKED:
        return None
    basis = min(purpose.allowed_bases)
    return replace(asked.answer(Reason(basis)), basis=basis)


def _consented(asked: _Question, purpose: Purpose) -> ConsentDecision:
    own = asked.states(purpose.key, purpose.channels)
    if not own or (asked.channel is None and all(s.channel for s in own)):
        return asked.answer(Reason.NO_RECORD)
    verdicts = [asked.answer(_verdict(state, purpose, asked.at), state) for state in own]
    refused = next((v for v in verdicts if not v.allowed), None)
    return refused or min(verdicts, key=lambda v: v.valid_until or _NEVER)


def _verdict(state: ConsentState, purpose: Purpose, at: datetime) -> Reason:
    status = status_at(state, at)
    if status is not ConsentStatus.GRANTED:
        return Reason(status)
    if state.basis not in purpose.allowed_bases:
        return Reason.BASIS_NOT_ALLOWED
    if purpose.double_opt_in and state.double_opt_in_at is None:
        return Reason.PENDING
    return Reason.NOT_YET_GRANTED if state.since > at + SKEW else Reason.GRANTED
