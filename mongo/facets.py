"""Facets: counts by value over the newest customers that match."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from domain import sorting
from domain.query import Facet, FacetField, Where
from mongo.driver import Document
from mongo.filters import query_of

_NEWEST: Final = "sort.created"
_MOST_BUCKETS: Final = 50

_STEPS: Final[Mapping[FacetField, Sequence[Document]]] = {
    FacetField.TIER: [{"$project": {"key": "$loyalty.tier"}}],
    FacetField.STATUS: [{"$project": {"key": "$status"}}],
    FacetField.COUNTRY: [{"$project": {"key": "$country"}}],
    # unwound first: a path through an array reads as missing on the embedded servers
    FacetField.TAG: [{"$unwind": "$tags"}, {"$project": {"key": "$tags.id"}}],
    FacetField.CONSENT: [
        {"$unwind": "$consent.states"},
        {
            "$project": {
                "key": {
                    "$concat": [
                        "$consent.states.purpose",
                        ":",
                        {"$ifNull": ["$consent.states.channel", "*"]},
                        ":",
                        "$consent.states.status",
                    ]
                }
            }
        },
    ],
}


def pipeline(where: Where, field: FacetField, limit: int) -> list[Document]:
    """Groups the values of the newest ``limit`` matches."""
    bounded: Document = {_NEWEST: {"$gt": sorting.LOWEST, "$lt": sorting.HIGHEST}}
    query = query_of(where)
    return [
        {"$match": {"$and": [query, bounded]} if query else bounded},
        {"$sort": {_NEWEST: -1}},
        {"$limit": limit},
        *_STEPS[field],
        {"$group": {"_id": "$key", "count": {"$sum": 1}}},
        {"$match": {"_id": {"$ne": None}}},
        {"$sort": {"count": -1, "_id": 1}},
        {"$limit": _MOST_BUCKETS},
    ]


def facet_of(field: FacetField, found: Sequence[Mapping[str, Any]], *, complete: bool) -> Facet:
    """The facet that the pipeline's documents make; a full last bucket may hide others."""
    counts = tuple((str(each["_id"]), int(each["count"])) for each in found)
    return Facet(field, counts, complete and len(counts) < _MOST_BUCKETS)
