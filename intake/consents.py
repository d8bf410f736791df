"""Which consents of a file become records: a no is never a yes, and a file revives nothing."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from consent import policy
from consent.purposes import ancestors
from consent.records import Channel, ConsentAct, ConsentStanding, ConsentState, ConsentStatus
from consent.reducing import REFUSALS
from domain.errors import Issue
from intake.noes import Lane

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
_NEVER: Final = datetime.max.replace(tzinfo=UTC)
_NO_COUNTS: Final = "The file refuses this, in this row or another about the person: the no counts."


@dataclass(frozen=True, slots=True)
class Taken:
    """The acts to record, and a remark for each that was left out although it says something."""

    acts: tuple[ConsentAct, ...]
    remarks: tuple[Issue, ...]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What all rows of the file refuse about the person of one, and since when it is imported."""

    noes: Collection[Lane] = ()
    since: datetime = _NEVER


NOWHERE: Final = Elsewhere()


def taken(
    said: Iterable[ConsentAct],
    standing: ConsentStanding,
    now: datetime,
    elsewhere: Elsewhere = NOWHERE,
    *,
    refusals: bool,
) -> Taken:
    """What of a row's consents is news about this customer.

    A grant counts only where nothing is known yet, neither of its purpose nor of one above, and
    where no row of the file refuses it. A no ends what was granted before it; where nothing
    was granted it says little ("never asked" looks the same in most exports) and is kept with
    ``refusals`` only. A withdrawal is kept under its own date, whatever the date of the grant.
    """
    row = tuple(said)
    own = [act for act in row if act.status in REFUSALS]
    noes = {*elsewhere.noes, *((no.purpose, no.channel) for no in own)}
    found = [_refusal(no, standing, now, elsewhere.since, refusals=refusals) for no in own]
    found += [_yes(act, noes, standing, now) for act in row if act.status not in REFUSALS]
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
    act: ConsentAct, standing: ConsentStanding, now: datetime, since: datetime, *, refusals: bool
) -> ConsentAct | Issue | None:
    known = [s for s in standing.states if _meet(s.channel, act) and _ended(s, act, since)]
    own = _state(standing, act.purpose, act.channel)
    if act.status is ConsentStatus.WITHDRAWN:
        stands = own is not None and own.status in REFUSALS and act.collected_at <= own.since
        return act if not stands or _open(known, now) else None
    if ending := _open(known, now):
        return _ending(act, ending)
    stands = own is not None and own.status in REFUSALS
    return act if refusals and not stands else None


def _ended(state: ConsentState, no: ConsentAct, since: datetime) -> bool:
    """Of a purpose below, only what this file granted before it told that it is about one person.

    Any other yes to a part outlives a no to the whole, which may never have been asked for.
    """
    below = no.purpose in ancestors(state.purpose)
    return state.purpose == no.purpose or (below and state.imported and state.recorded_at >= since)


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
    act: ConsentAct, noes: Iterable[Lane], standing: ConsentStanding, now: datetime
) -> ConsentAct | Issue | None:
    above = ancestors(act.purpose)
    for purpose, channel in noes:
        if purpose in (act.purpose, *above) and _meet(channel, act):
            return Issue(_path(act), "CONSENT_REFUSED", _NO_COUNTS)
    for state in standing.states:
        if state.purpose in above and state.status in REFUSALS and _meet(state.channel, act):
            return Issue(_path(act), *_KEPT[state.status])
    return _grant(act, _state(standing, act.purpose, act.channel), now)


def _grant(act: ConsentAct, state: ConsentState | None, now: datetime) -> ConsentAct | Issue | None:
    if state is None:
        return act
    status = policy.status_at(state, now)
    if state.imported and status is ConsentStatus.PENDING:
        # an earlier file said so without its evidence: this one gives it, or still lacks it
        return _unproved(act) or act
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


def _meet(channel: Channel | None, act: ConsentAct) -> bool:
    return None in (channel, act.channel) or channel is act.channel


def _state(standing: ConsentStanding, purpose: str, channel: Channel | None) -> ConsentState | None:
    """Of exactly this channel, else of every channel."""
    of_purpose = {s.channel: s for s in standing.states if s.purpose == purpose}
    return of_purpose.get(channel) or of_purpose.get(None)


def _path(act: ConsentAct) -> tuple[str, ...]:
    return ("consents", act.purpose, *([act.channel.value] if act.channel else []))
