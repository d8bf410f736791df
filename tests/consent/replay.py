"""The rules of consent once more, naively: from the whole history and with no states at all."""

from datetime import timedelta

from consent.records import ConsentStatus

FIVE_MINUTES = timedelta(minutes=5)
YES = "GRANTED"


def answer(history, purpose, channel, at):
    """The reason for one channel of ``marketing`` or ``marketing.newsletter``."""
    if purpose == "marketing.newsletter":
        above = _stands(_about(history, "marketing", channel), at)
        if above in {"DENIED", "WITHDRAWN"}:
            return f"PARENT_{above}"
    return _stands(_about(history, purpose, channel), at)


def allows_all(history, purpose, channels, at):
    """Whether every channel is allowed, one that nobody ever named among them."""
    return all(answer(history, purpose, c, at) == YES for c in [*channels, None])


def _about(history, purpose, channel):
    return [r for r in history if r.purpose == purpose and r.channel in (None, channel)]


def _stands(history, at):
    refusals = [r for r in history if r.status.value in ("DENIED", "WITHDRAWN")]
    granted = [r for r in history if r.status is ConsentStatus.GRANTED]
    told = [r for r in granted if not r.imported]
    if refusals:
        last = _last(refusals)
        told = [r for r in told if _given(r) > last.collected_at + FIVE_MINUTES]
        if not told:
            return last.status.value
    if granted:
        return _valid(_last(told or granted), at)
    if not history:
        return "NO_RECORD"
    asked = _last(history)
    return "EXPIRED" if asked.expires_at and asked.expires_at <= at else "PENDING"


def _valid(grant, at):
    if grant.expires_at and grant.expires_at <= at:
        return "EXPIRED"
    return YES if grant.basis.value in ("CONSENT", "EXPLICIT_CONSENT") else "BASIS_NOT_ALLOWED"


def _last(records):
    return max(records, key=lambda r: (_given(r), r.recorded_at, r.id))


def _given(record):
    granted = record.status is ConsentStatus.GRANTED
    return min(record.collected_at, record.recorded_at) if granted else record.collected_at
