"""Filters become MongoDB queries; every leaf reads an indexed path."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from domain.query import (
    All,
    AnyOf,
    Between,
    Exists,
    Field,
    HasAttribute,
    HasConsent,
    HasGrant,
    HasTag,
    In,
    Not,
    StartsWith,
    Where,
)
from domain.text import beyond
from mongo import consent_filters

Document = dict[str, Any]
Fits = Callable[[Document], bool]

PATHS: Final[Mapping[Field, str]] = {
    Field.ID: "_id",
    Field.STATUS: "status",
    Field.EMAIL: "emails.norm",
    Field.PHONE: "phones.e164",
    Field.EXTERNAL_ID: "external_ids.key",
    Field.FAMILY_NAME: "family",
    Field.COUNTRY: "country",
    Field.TIER: "loyalty.tier",
    Field.POINTS: "loyalty.points",
    Field.BIRTHDAY: "birthday.day",
    Field.CREATED_AT: "created_at",
    Field.UPDATED_AT: "updated_at",
    Field.SEARCH: "search",
}
_LISTS: Final = {Field.EMAIL: "emails", Field.PHONE: "phones", Field.EXTERNAL_ID: "external_ids"}
_PER_ELEMENT: Final = {Field.EMAIL: ("emails", "norm"), Field.PHONE: ("phones", "e164")}


def query_of(where: Where) -> Document:
    """The MongoDB filter that matches what ``where`` says; {} matches all."""
    return _COMPILERS[type(where)](where)


def by_index(where: Where) -> tuple[Document, Fits | None]:
    """What an index can tell of ``where`` by itself, and what is left to be asked of each match.

    A tag is one path of one index; whether it has expired is not in it. Asked of the server, that
    makes the embedded one fetch everybody who carries the tag, in the window or not.
    """
    while isinstance(where, All) and len(where.of) == 1:
        [where] = where.of
    if isinstance(where, HasTag):
        ids, at = frozenset(where.tag_ids), where.at
        return {"tags.id": _one_of(where.tag_ids)}, lambda found: _carries(found, ids, at)
    return query_of(where), None


def _one_of(values: Sequence[object]) -> object:
    """Equality for one value: of an index on two fields, the embedded server then reads a range."""
    return values[0] if len(values) == 1 else {"$in": list(values)}


def _carries(document: Document, ids: frozenset[str], at: datetime) -> bool:
    return any(
        each["id"] in ids and ((until := each.get("until")) is None or until > at)
        for each in document["tags"]
    )


def _all(where: All) -> Document:
    parts = [part for part in map(query_of, where.of) if part]
    return parts[0] if len(parts) == 1 else {"$and": parts} if parts else {}


def _nobody() -> Document:
    return {"_id": {"$in": []}}


def _any_of(where: AnyOf) -> Document:
    parts = [query_of(part) for part in where.of]
    if not all(parts):
        return {}
    # an empty disjunction is false; $or refuses an empty list
    return {"$or": parts} if parts else _nobody()


def _not(where: Not) -> Document:
    part = query_of(where.of)
    return {"$nor": [part]} if part else _nobody()


def _in(where: In) -> Document:
    return {PATHS[where.field]: _one_of(where.values)}


def _starts_with(where: StartsWith) -> Document:
    bounds = {"$gte": where.prefix, "$lt": beyond(where.prefix)}
    if where.field in _PER_ELEMENT:
        # without $elemMatch each bound may be met by another element of the list
        path, inner = _PER_ELEMENT[where.field]
        return {path: {"$elemMatch": {inner: bounds}}}
    if where.field is Field.SEARCH:
        return {PATHS[where.field]: {"$elemMatch": bounds}}
    return {PATHS[where.field]: bounds}


def _exists(where: Exists) -> Document:
    if where.field in _LISTS:
        return {f"{_LISTS[where.field]}.0": {"$exists": True}}
    return {PATHS[where.field]: {"$gt": ""}}


def _between(where: Between) -> Document:
    bounds = _bounds(where.low, where.high, "$lt")
    return {PATHS[where.field]: bounds} if bounds else {}


def _bounds(low: Any, high: Any, below: str) -> Document:
    bounds = {"$gte": low, below: high}
    return {operator: value for operator, value in bounds.items() if value is not None}


def _has_attribute(where: HasAttribute) -> Document:
    element: Document = {"k": where.key}
    if where.values is not None:
        element["v"] = {"$in": list(where.values)}
    elif bounds := _bounds(where.low, where.high, "$lte"):
        element["v"] = bounds
    return {"enriched" if where.enriched else "attributes": {"$elemMatch": element}}


def _unexpired(field: str, at: datetime) -> Document:
    return {"$or": [{field: None}, {field: {"$gt": at}}]}


def _has_tag(where: HasTag) -> Document:
    live = {"id": {"$in": list(where.tag_ids)}, **_unexpired("until", where.at)}
    return {"tags.id": _one_of(where.tag_ids), "tags": {"$elemMatch": live}}


_COMPILERS: Final[Mapping[type, Callable[[Any], Document]]] = {
    All: _all,
    AnyOf: _any_of,
    Not: _not,
    In: _in,
    StartsWith: _starts_with,
    Exists: _exists,
    Between: _between,
    HasAttribute: _has_attribute,
    HasTag: _has_tag,
    HasConsent: consent_filters.has_consent,
    HasGrant: consent_filters.has_grant,
}
