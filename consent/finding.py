"""Whom the records allow something, as a filter: ``policy.decide`` for everybody at once."""

from collections.abc import Iterator
from datetime import datetime

from consent.policy import CLOSED, UNASKED
from consent.purposes import PurposeTree, ancestors
from consent.records import Channel, Purpose
from consent.reducing import REFUSALS, SKEW
from domain.query import All, AnyOf, Field, HasConsent, HasGrant, In, Not, Where

_NOBODY = AnyOf(())
_OPEN = Not(In(Field.STATUS, tuple(sorted(CLOSED))))


def allowed(tree: PurposeTree, purpose: str, channel: Channel | None, at: datetime) -> Where:
    """Finds exactly the customers for whom ``policy.decide`` says yes, as of ``at``."""
    found = tree.find(purpose)
    if found is None or not found.active:
        return _NOBODY
    if channel is not None and channel not in found.channels:
        return _NOBODY
    # every channel at once: the whole purpose, and each channel that has a state of its own
    lanes = (channel,) if channel else (None, *sorted(found.channels))
    return All((_OPEN, *_unrefused(found, lanes, at), *_granted(found, lanes, at)))


def _unrefused(
    purpose: Purpose, lanes: tuple[Channel | None, ...], at: datetime
) -> Iterator[Where]:
    for key in (purpose.key, *ancestors(purpose.key)):
        for lane in lanes:
            yield Not(HasConsent(key, lane, frozenset(REFUSALS), at))


def _granted(purpose: Purpose, lanes: tuple[Channel | None, ...], at: datetime) -> Iterator[Where]:
    bases = purpose.allowed_bases
    if bases and bases <= UNASKED:
        return
    for lane in lanes:
        yield HasGrant(
            purpose.key,
            lane,
            frozenset(bases),
            begun=at + SKEW,
            at=at,
            confirmed=purpose.double_opt_in,
        )
