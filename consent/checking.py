"""Which reported acts may become records: every rule, each with the path of its field."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Final

from consent.purposes import PurposeTree
from consent.records import ConsentAct, ConsentStatus, Purpose
from consent.reducing import SKEW
from domain import places, wording
from domain.errors import Invalid, Issue

MOST_ACTS: Final = 50
_DERIVED: Final = frozenset({ConsentStatus.NEVER_ASKED, ConsentStatus.EXPIRED})


def check(acts: Sequence[ConsentAct], tree: PurposeTree, at: datetime) -> None:
    """Raises Invalid with every issue found, at paths like ``consents.0.purpose``."""
    issues = [*_number(acts)]
    for index, act in enumerate(acts[:MOST_ACTS]):
        issues += (issue.under("consents", str(index)) for issue in _act(act, tree, at))
    if issues:
        raise Invalid(*issues)


def _number(acts: Sequence[ConsentAct]) -> Iterator[Issue]:
    if not acts:
        yield Issue(("consents",), "REQUIRED", "Say at least one thing that the person decided.")
    if len(acts) > MOST_ACTS:
        message = f"Record at most {MOST_ACTS} consents at once: split the rest off."
        yield Issue(("consents",), "TOO_MANY", message)


def _act(act: ConsentAct, tree: PurposeTree, at: datetime) -> Iterator[Issue]:
    purpose = tree.find(act.purpose)
    if purpose is None or not purpose.active:
        yield tree.unknown("purpose")
    else:
        yield from _fits(act, purpose)
    if act.status in _DERIVED:
        message = f"{act.status} follows from the records: record what the person did."
        yield Issue(("status",), "STATUS_DERIVED", message)
    yield from _times(act, at)
    yield from _evidence(act)


def _fits(act: ConsentAct, purpose: Purpose) -> Iterator[Issue]:
    if act.channel is not None and act.channel not in purpose.channels:
        allowed = ", ".join(sorted(purpose.channels)) or "none: leave the channel out"
        message = f"This purpose has other channels: {allowed}."
        yield Issue(("channel",), "CHANNEL_NOT_OF_PURPOSE", message)
    if act.basis not in purpose.allowed_bases:
        allowed = ", ".join(sorted(purpose.allowed_bases))
        message = f"This purpose may rest on another basis only: {allowed}."
        yield Issue(("basis",), "BASIS_NOT_ALLOWED", message)


def _times(act: ConsentAct, at: datetime) -> Iterator[Issue]:
    for name, time in (("collectedAt", act.collected_at), ("expiresAt", act.expires_at)):
        if time is not None and time.tzinfo is None:
            message = "Give the time with its offset from UTC, like 2026-05-04T10:00:00Z."
            yield Issue((name,), "OFFSET_REQUIRED", message)
            return
    if act.collected_at > at + SKEW:
        message = "This lies in the future: give the moment the person decided."
        yield Issue(("collectedAt",), "IN_FUTURE", message)
    if act.expires_at is not None and act.expires_at <= act.collected_at:
        message = "A consent must end after it was given."
        yield Issue(("expiresAt",), "NOT_AFTER_COLLECTED", message)


def _evidence(act: ConsentAct) -> Iterator[Issue]:
    """Consent must be provable (GDPR Art. 7(1)): none of the texts may be empty."""
    yield from _problems(wording.line, act.source, 200, "source")
    yield from _problems(wording.line, act.policy_version, 100, "policyVersion")
    yield from _problems(wording.paragraph, act.wording, 20_000, "wording")
    if act.locale is not None:
        yield from _problems(places.locale, act.locale, "locale")


def _problems(read: Callable[..., str], *arguments: object) -> Iterator[Issue]:
    try:
        read(*arguments)
    except Invalid as problem:
        yield from problem.issues
