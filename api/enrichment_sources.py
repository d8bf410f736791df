"""Sources of attributes in the schema."""

import strawberry

from api.context import Context
from api.fields import attribute
from api.level import Node
from api.scalars import CountryCode
from enrichment.sources import SourceCapability, source_id


@strawberry.type(description="An outside source that can add attributes to a profile.")
class EnrichmentSource(Node):
    key: str = attribute("What runs and values call it.")
    name: str = attribute("What people call it.")
    licence: str = attribute("Under what terms its values may be used.")
    region: CountryCode | None = attribute(
        "The country that keys travel to; null where they never leave the server."
    )
    fields: list[str] = attribute("The attributes it can fill, by key.")
    purpose: str = attribute("The consent purpose a customer must allow for it.")
    accepts: list[str] = attribute(
        "What it finds people by, least revealing first, like EMAIL_HASH (lower_trim.v1)."
    )
    enabled: bool = attribute("Whether it is configured now; values outlive their source.")

    @classmethod
    def of(cls, capability: SourceCapability) -> "EnrichmentSource":
        return cls(
            id=strawberry.ID(capability.id),
            key=capability.key,
            name=capability.name,
            licence=capability.licence,
            region=CountryCode(capability.region) if capability.region else None,
            fields=[offered.key for offered in capability.fields],
            purpose=capability.purpose,
            accepts=[accepted.label for accepted in capability.accepts],
            enabled=True,
        )


def source(context: Context, key: str) -> EnrichmentSource:
    """The source of this key; one that is no longer configured is known by its key alone."""
    found = context.services.enrichment.sources.find(key)
    if found is not None:
        return EnrichmentSource.of(found.capability)
    return EnrichmentSource(
        id=strawberry.ID(source_id(key)),
        key=key,
        name=key,
        licence="",
        region=None,
        fields=[],
        purpose="",
        accepts=[],
        enabled=False,
    )
