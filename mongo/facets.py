"""Facets: counts by value over the newest customers that match."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from consent.records import ConsentStatus
from domain import sorting
from domain.query import Facet, FacetField, Where
from mongo.consent_filters import LAPSING
from mongo.driver import Document
from mongo.filters import query_of

_NEWEST: Final = "sort.created"
_MOST_BUCKETS: Final = 50


# unwound first: a path through an array reads as missing on the embedded servers


def _tags(at: datetime) -> list[Document]:
    live = {"$or": [{"tags.until": None}, {"tags.until": {"$gt": at}}]}
    return [{"$unwind": "$tags"}, {"$match": live}, {"$project": {"key": "$tags.id"}}]


def _consents(at: datetime) -> list[Document]:
    state = "$consent.states"
    lapsed = [
        {"$in": [f"{state}.status", list(LAPSING)]},
        {"$ne": [f"{state}.expires_at", None]},
        {"$lte": [f"{state}.expires_at", at]},
    ]
    status = {"$cond": [{"$and": lapsed}, ConsentStatus.EXPIRED.value, f"{state}.status"]}
    channel = {"$ifNull": [f"{state}.channel", "*"]}
    key = {"$concat": [f"{state}.purpose", ":", channel, ":", status]}
    return [{"$unwind": state}, {"$project": {"key": key}}]


_STEPS: Final[Mapping[FacetField, Callable[[datetime], list[Document]]]] = {
    FacetField.TIER: lambda _: [{"$project": {"key": "$loyalty.tier"}}],
    FacetField.STATUS: lambda _: [{"$project": {"key": "$status"}}],
    FacetField.COUNTRY: lambda _: [{"$project": {"key": "$country"}}],
    FacetField.TAG: _tags,
    FacetField.CONSENT: _consents,
}


def pipeline(where: Where, field: FacetField, limit: int, at: datetime) -> list[Document]:
    """Groups the values of the newest ``limit`` matches, as they are at ``at``."""
    bounded: Document = {_NEWEST: {"$gt": sorting.LOWEST, "$lt": sorting.HIGHEST}}
    query = query_of(where)
    return [
        {"$match": {"$and": [query, bounded]} if query else bounded},
        {"$sort": {_NEWEST: -1}},
        {"$limit": limit},
        *_STEPS[field](at),
        {"$group": {"_id": "$key", "count": {"$sum": 1}}},
        {"$match": {"_id": {"$ne": None}}},
        {"$sort": {"count": -1, "_id": 1}},
        {"$limit": _MOST_BUCKETS},
    ]


def facet_of(field: FacetField, found: Sequence[Mapping[str, Any]], *, complete: bool) -> Facet:
    """The facet that the pipeline's documents make; a full last bucket may hide others."""
    counts = tuple((str(each["_id"]), int(each["count"])) for each in found)
    return Facet(field, counts, complete and len(counts) < _MOST_BUCKETS)
