"""Customers by what they allowed: filters over the states in their documents."""

from datetime import datetime
from typing import Any, Final

from consent.records import ConsentStatus
from domain.query import HasConsent, HasGrant

Filter = dict[str, Any]

_STATES: Final = "consent.states"
LAPSING: Final = (ConsentStatus.GRANTED.value, ConsentStatus.PENDING.value)


def has_consent(where: HasConsent) -> Filter:
    """As ``domain.query.HasConsent`` says, time taken into account as a decision does.

    A channel without a state of its own has the one of the whole purpose.
    """
    own, whole = _lanes(where)
    asked = sorted(where.statuses - {ConsentStatus.NEVER_ASKED})
    choices = _standing(where, [_said(status, where.at) for status in asked])
    if ConsentStatus.NEVER_ASKED in where.statuses:
        choices.append({"$nor": [_element(own), _element(whole)]})
    return {"$or": choices} if choices else {"_id": {"$in": []}}


def has_grant(where: HasGrant) -> Filter:
    """As ``domain.query.HasGrant`` says."""
    grant = {
        **_said(ConsentStatus.GRANTED, where.at),
        "basis": {"$in": sorted(where.bases)},
        "since": {"$lte": where.begun},
    }
    if where.confirmed:
        grant["double_opt_in_at"] = {"$ne": None}
    return {"$or": _standing(where, [grant])}


def _lanes(where: HasConsent | HasGrant) -> tuple[Filter, Filter]:
    """The state of the channel, and that of the whole purpose."""
    own: Filter = {"purpose": where.purpose, "channel": where.channel}
    return own, {**own, "channel": None}


def _standing(where: HasConsent | HasGrant, said: list[Filter]) -> list[Filter]:
    """The ways in which one of these is what stands in the channel."""
    own, whole = _lanes(where)
    choices = [_element({**own, **one}) for one in said]
    if where.channel is not None:
        choices += [{"$nor": [_element(own)], **_element({**whole, **one})} for one in said]
    return choices


def _said(status: str, at: datetime) -> Filter:
    if status == ConsentStatus.EXPIRED:
        return {"status": {"$in": list(LAPSING)}, "expires_at": {"$lte": at}}
    if status in LAPSING:
        return {"status": status, "$or": [{"expires_at": None}, {"expires_at": {"$gt": at}}]}
    return {"status": status}


def _element(state: Filter) -> Filter:
    return {_STATES: {"$elemMatch": state}}
