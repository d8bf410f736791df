"""Which consents of a file become records: a no is never a yes, and a file revives nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from consent import policy
from consent.purposes import ancestors
from consent.records import Channel, ConsentAct, ConsentStanding, ConsentState, ConsentStatus
from domain.errors import Issue

_REFUSALS: Final = frozenset({ConsentStatus.DENIED, ConsentStatus.WITHDRAWN})
_OPEN: Final = frozenset({ConsentStatus.GRANTED, ConsentStatus.PENDING})
_KEPT: Final = {
    ConsentStatus.DENIED: ("CONSENT_REFUSED", "The person refused this to us: the refusal stands."),
    ConsentStatus.WITHDRAWN: (
        "CONSENT_WITHDRAWN",
        "The person withdrew this: only they can give it again, a file cannot.",
    ),
    ConsentStatus.EXPIRED: (
        "CONSENT_EXPIRED",
        "This consent has run out: ask the person again, a file cannot renew it.",
    ),
    ConsentStatus.PENDING: (
        "CONSENT_PENDING",
        "The person has still to confirm this: a file cannot do it for them.",
    ),
}


@dataclass(frozen=True, slots=True)
class Taken:
    """The acts to record, and a remark for each that was left out although it says something."""

    acts: tuple[ConsentAct, ...]
    remarks: tuple[Issue, ...]


def taken(
    said: Iterable[ConsentAct], standing: ConsentStanding, now: datetime, *, refusals: bool
) -> Taken:
    """What of a row's consents is news about this customer.

    A grant counts only where nothing is known yet, neither of its purpose nor of one above, and
    where the row itself does not refuse it. A no ends what was granted before it; where nothing
    was granted it says little ("never asked" looks the same in most exports) and is kept with
    ``refusals`` only. A withdrawal is kept under its own date, whatever the date of the grant.
    """
    row = tuple(said)
    noes = [act for act in row if act.status in _REFUSALS]
    found = [_refusal(no, standing, now, refusals=refusals) for no in noes]
    found += [_yes(act, noes, standing, now) for act in row if act.status not in _REFUSALS]
    return Taken(
        tuple(each for each in found if isinstance(each, ConsentAct)),
        tuple(
            remark
            for each in found
            if (remark := _unproved(each) if isinstance(each, ConsentAct) else each)
        ),
    )


def first_told(said: Iterable[ConsentAct], standing: ConsentStanding) -> Taken:
    """Of a shop's own history, which is no hearsay: all that is told where nothing is known yet."""
    known = {(state.purpose, state.channel) for state in standing.states}
    return Taken(tuple(act for act in said if (act.purpose, act.channel) not in known), ())


def _refusal(
    act: ConsentAct, standing: ConsentStanding, now: datetime, *, refusals: bool
) -> ConsentAct | Issue | None:
    known = [s for s in standing.states if s.purpose == act.purpose and _meet(s, act)]
    own = _state(standing, act.purpose, act.channel)
    if act.status is ConsentStatus.WITHDRAWN:
        stands = own is not None and own.status in _REFUSALS and act.collected_at <= own.since
        return act if not stands or _open(known, now) else None
    if ending := _open(known, now):
        return _ending(act, ending)
    stands = own is not None and own.status in _REFUSALS
    return act if refusals and not stands else None


def _open(known: Iterable[ConsentState], now: datetime) -> list[ConsentState]:
    return [state for state in known if policy.status_at(state, now) in _OPEN]


def _ending(act: ConsentAct, granted: Iterable[ConsentState]) -> ConsentAct | Issue:
    # the date of an imported yes is often the file's: it proves nothing against a no
    told = [s for s in granted if s.status is ConsentStatus.GRANTED and not s.imported]
    if any(act.collected_at < state.since for state in told):
        message = "The person agreed after this file was made: the newer consent stands."
        return Issue(_path(act), "CONSENT_NEWER", message)
    return replace(act, status=ConsentStatus.WITHDRAWN)


def _yes(
    act: ConsentAct, noes: Iterable[ConsentAct], standing: ConsentStanding, now: datetime
) -> ConsentAct | Issue | None:
    above = ancestors(act.purpose)
    for no in noes:
        if no.purpose in (act.purpose, *above) and _meet(no, act):
            return Issue(_path(act), "CONSENT_REFUSED", "The same row refuses this: the no counts.")
    for state in standing.states:
        if state.purpose in above and state.status in _REFUSALS and _meet(state, act):
            return Issue(_path(act), *_KEPT[state.status])
    return _grant(act, _state(standing, act.purpose, act.channel), now)


def _grant(act: ConsentAct, state: ConsentState | None, now: datetime) -> ConsentAct | Issue | None:
    if state is None:
        return act
    status = policy.status_at(state, now)
    if state.imported and status is ConsentStatus.PENDING is not act.status:
        return act  # an earlier file said so without its evidence, which this one gives
    if status in {act.status, ConsentStatus.GRANTED}:
        return None
    return Issue(_path(act), *_KEPT[status])


def _unproved(act: ConsentAct) -> Issue | None:
    if act.status is not ConsentStatus.PENDING:
        return None
    message = (
        "This yes allows nothing yet: import again with its evidence (--collected-at, and for "
        "Shopify --policy-version and --wording), or ask the person."
    )
    return Issue(_path(act), "CONSENT_UNPROVED", message)


def _meet(one: ConsentAct | ConsentState, other: ConsentAct) -> bool:
    return None in (one.channel, other.channel) or one.channel is other.channel


def _state(standing: ConsentStanding, purpose: str, channel: Channel | None) -> ConsentState | None:
    """Of exactly this channel, else of every channel."""
    of_purpose = {s.channel: s for s in standing.states if s.purpose == purpose}
    return of_purpose.get(channel) or of_purpose.get(None)


def _path(act: ConsentAct) -> tuple[str, ...]:
    return ("consents", act.purpose, *([act.channel.value] if act.channel else []))
