"""From records to states: in each purpose and channel the strongest act stands.

Strength is a total order, so neither the order of arrival nor repetition matters, and the states of
two histories put together are the stronger ones of both. From weak to strong:

1. PENDING asks for a confirmation: it neither ends a grant nor lifts a refusal.
2. An imported grant stands until the person says something to us directly, or any refusal is
   known: however new it claims to be, it lifts no withdrawal and no denial.
3. Everything else, by the moment it was collected, whenever it was recorded: a back-dated grant
   does not override a later refusal. A grant counts from when it was recorded at the latest, and
   lifts only what was refused more than ``SKEW`` before it: a clock that is ahead keeps no grant.

An act without a channel concerns every channel of its purpose.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from consent.records import Channel, ConsentRecord, ConsentState, ConsentStatus

REFUSALS: Final = frozenset({ConsentStatus.DENIED, ConsentStatus.WITHDRAWN})
SKEW: Final = timedelta(minutes=5)
"""How far the clocks of two machines may be apart."""

_Lane = tuple[str, Channel | None]


def reduce(records: Iterable[ConsentRecord]) -> tuple[ConsentState, ...]:
    """One state for each purpose and channel the records name, by purpose, then channel."""
    return extend((), records)


def extend(
    states: Iterable[ConsentState], records: Iterable[ConsentRecord]
) -> tuple[ConsentState, ...]:
    """The states after more records: the same as reducing all records at once."""
    lanes: dict[_Lane, ConsentState] = {(s.purpose, s.channel): s for s in states}
    for record in records:
        _add(lanes, _said(record))
    return tuple(lanes[lane] for lane in sorted(lanes, key=lambda x: (x[0], x[1] or "")))


def _add(lanes: dict[_Lane, ConsentState], said: ConsentState) -> None:
    # a channel that is named for the first time starts from what was said about every channel
    before = lanes.get((said.purpose, None), said)
    lanes.setdefault((said.purpose, said.channel), _of(said.channel, before))
    for (purpose, channel), state in lanes.items():
        if purpose == said.purpose and said.channel in (None, channel):
            stronger = said if state is said else max(state, said, key=_strength)
            lanes[purpose, channel] = _of(channel, stronger)


def _of(channel: Channel | None, state: ConsentState) -> ConsentState:
    return state if state.channel is channel else replace(state, channel=channel)


def _said(record: ConsentRecord) -> ConsentState:
    return ConsentState(
        purpose=record.purpose,
        channel=record.channel,
        status=record.status,
        basis=record.basis,
        since=_since(record),
        record_id=record.id,
        recorded_at=record.recorded_at,
        expires_at=record.expires_at,
        imported=record.imported,
        double_opt_in_at=record.double_opt_in_at,
    )


def _since(record: ConsentRecord) -> datetime:
    granted = record.status is ConsentStatus.GRANTED
    return min(record.collected_at, record.recorded_at) if granted else record.collected_at


def _strength(state: ConsentState) -> tuple[int, datetime, bool, datetime, str]:
    refused = state.status in REFUSALS
    # moving every refusal keeps the order total, which comparing two moments "about" would not
    stands_until = state.since + SKEW if refused else state.since
    return (_rank(state), stands_until, refused, state.recorded_at, state.record_id)


def _rank(state: ConsentState) -> int:
    if state.status is ConsentStatus.PENDING:
        return 0
    return 1 if state.imported and state.status not in REFUSALS else 2
