"""Which consents of a file become records: a no is never a yes, and a file revives nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from consent import policy
from consent.records import ConsentAct, ConsentStanding, ConsentState, ConsentStatus
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

    A grant counts only where nothing is known yet. A no ends what was granted before it; where
    nothing was granted it says little ("never asked" looks the same in most exports) and is kept
    with ``refusals`` only. A withdrawal is always kept.
    """
    acts: list[ConsentAct] = []
    remarks: list[Issue] = []
    for act in said:
        state = _state(standing, act)
        status = policy.status_at(state, now) if state else ConsentStatus.NEVER_ASKED
        news = _news(act, state, status, refusals=refusals)
        if isinstance(news, Issue):
            remarks.append(news)
        elif news is not None:
            acts.append(news)
    return Taken(tuple(acts), tuple(remarks))


def _news(
    act: ConsentAct, state: ConsentState | None, status: ConsentStatus, *, refusals: bool
) -> ConsentAct | Issue | None:
    if act.status not in _REFUSALS:
        return _grant(act, status)
    if status in _OPEN and state is not None:
        return _ending(act, state)
    if status in _REFUSALS or (act.status is ConsentStatus.DENIED and not refusals):
        return None
    return act


def _grant(act: ConsentAct, status: ConsentStatus) -> ConsentAct | Issue | None:
    if status is ConsentStatus.NEVER_ASKED:
        return act
    if status in {act.status, ConsentStatus.GRANTED}:
        return None
    code, message = _KEPT[status]
    return Issue(_path(act), code, message)


def _ending(act: ConsentAct, state: ConsentState) -> ConsentAct | Issue:
    if act.collected_at < state.since:
        message = "The person agreed after this file was made: the newer consent stands."
        return Issue(_path(act), "CONSENT_NEWER", message)
    return replace(act, status=ConsentStatus.WITHDRAWN)


def _state(standing: ConsentStanding, act: ConsentAct) -> ConsentState | None:
    """Of exactly this channel, else of every channel."""
    of_purpose = {s.channel: s for s in standing.states if s.purpose == act.purpose}
    return of_purpose.get(act.channel) or of_purpose.get(None)


def _path(act: ConsentAct) -> tuple[str, ...]:
    return ("consents", act.purpose, *([act.channel.value] if act.channel else []))
