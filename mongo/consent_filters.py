"""Customers by what they allowed: filters over the states in their documents."""

from datetime import datetime
from typing import Any, Final

from consent.records import ConsentStatus
from domain.query import HasConsent

Filter = dict[str, Any]

_STATES: Final = "consent.states"
LAPSING: Final = (ConsentStatus.GRANTED.value, ConsentStatus.PENDING.value)


def has_consent(where: HasConsent) -> Filter:
    """As ``domain.query.HasConsent`` says, time taken into account as a decision does.

    A channel without a state of its own has the one of the whole purpose.
    """
    own: Filter = {"purpose": where.purpose, "channel": where.channel}
    whole: Filter = {**own, "channel": None}
    asked = sorted(where.statuses - {ConsentStatus.NEVER_ASKED})
    said = [_said(status, where.at) for status in asked]
    choices = [_element({**own, **one}) for one in said]
    if where.channel is not None:
        choices += [{"$nor": [_element(own)], **_element({**whole, **one})} for one in said]
    if ConsentStatus.NEVER_ASKED in where.statuses:
        choices.append({"$nor": [_element(own), _element(whole)]})
    return {"$or": choices} if choices else {"_id": {"$in": []}}


def _said(status: str, at: datetime) -> Filter:
    if status == ConsentStatus.EXPIRED:
        return {"status": {"$in": list(LAPSING)}, "expires_at": {"$lte": at}}
    if status in LAPSING:
        return {"status": status, "$or": [{"expires_at": None}, {"expires_at": {"$gt": at}}]}
    return {"status": status}


def _element(state: Filter) -> Filter:
    return {_STATES: {"$elemMatch": state}}
