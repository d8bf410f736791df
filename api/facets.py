"""Facets of a list: what to narrow it by, with how many are behind each choice."""

from collections.abc import Mapping, Sequence

import strawberry

from api.context import Info
from api.enums import publish
from api.pages import MOST_COUNTED, CountPrecision
from domain import query
from domain.ids import TagId
from domain.query import FacetField, Where

publish(
    FacetField,
    "What customers can be counted by.",
    called="CustomerFacet",
    TAG="The tags they carry.",
    TIER="Their loyalty tier.",
    STATUS="Where they stand.",
    COUNTRY="Their country.",
    CONSENT="What they decided, as purpose:channel:status; * is every channel.",
)


@strawberry.type(description="One choice of a facet.")
class FacetBucket:
    key: str = strawberry.field(description="The value to filter by.")
    label: str = strawberry.field(description="What to show for it.")
    count: int = strawberry.field(description="How many customers have it.")


@strawberry.type(description="The choices of one facet, the most frequent first, at most 50.")
class Facet:
    by: FacetField = strawberry.field(description="What was counted.")
    buckets: list[FacetBucket] = strawberry.field(description="The choices.")
    precision: CountPrecision = strawberry.field(
        description="EXACT, or AT_LEAST where only the newest 10,000 customers were looked at."
    )


async def facets(info: Info, where: Where, by: Sequence[FacetField]) -> list[Facet]:
    """In the order asked for, each field once."""
    services, fields = info.context.services, list(dict.fromkeys(by))
    found = await services.customers.facets(where, fields, MOST_COUNTED, services.clock())
    return [await _shown(info, each) for each in found]


async def _shown(info: Info, found: query.Facet) -> Facet:
    labels = await _labels(info, found)
    buckets = [
        FacetBucket(key=labels[key][0], label=labels[key][1], count=count)
        for key, count in found.counts
        if key in labels
    ]
    precision = CountPrecision.EXACT if found.complete else CountPrecision.AT_LEAST
    return Facet(by=found.field, buckets=buckets, precision=precision)


async def _labels(info: Info, found: query.Facet) -> Mapping[str, tuple[str, str]]:
    """For each value its key and label; a sensitive tag has none for who may not see it."""
    keys, services = [key for key, _ in found.counts], info.context.services
    if found.field is FacetField.TAG:
        tags = await services.tag_definitions.get_many([TagId(key) for key in keys])
        seen = info.context.caller.may("pii:read")
        return {t.id: (t.key, t.label.text) for t in tags.values() if seen or not t.sensitive}
    if found.field is FacetField.TIER:
        names = {tier.key: tier.name.text for tier in await services.loyalty.tiers.all()}
        return {key: (key, names.get(key, key)) for key in keys}
    return {key: (key, key) for key in keys}
