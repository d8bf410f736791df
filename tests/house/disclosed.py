"""Every field of the API that may tell something of a person says of which kind, or why not."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from graphql import GraphQLObjectType, GraphQLSchema, get_named_type, is_leaf_type
from strawberry.schema.schema_converter import GraphQLCoreConverter

from api.fields import ScopedField
from consent.records import ConsentRecord, ConsentState
from customers.notes import Note
from domain import customer
from domain.personal import NotPersonalMark, Personal, classification
from enrichment.records import (
    Counts,
    EnrichedAttribute,
    EnrichmentRun,
    Provenance,
    SourceAnswer,
    Terms,
)
from loyalty.ledger import PointsEntry, Standing

Models = Mapping[str, tuple[type, ...]]

SHOWS: Final[Models] = {
    "Address": (customer.Address,),
    "Birthday": (customer.Birthday,),
    "ConsentRecord": (ConsentRecord,),
    "ConsentState": (ConsentState,),
    "CustomAttribute": (customer.Attribute,),
    "Customer": (customer.Customer,),
    "CustomerNote": (Note,),
    "CustomerTagConnection": (customer.Tagging,),
    "CustomerTagEdge": (customer.Tagging,),
    "EmailIdentity": (customer.EmailIdentity,),
    "EnrichedAttribute": (EnrichedAttribute,),
    "EnrichmentMatch": (SourceAnswer,),
    "EnrichmentRun": (EnrichmentRun, Terms, Counts),
    "ExternalIdentity": (customer.ExternalId,),
    "LoyaltyAccount": (Standing,),
    "LoyaltyPayload": (PointsEntry,),
    "LoyaltyTransaction": (PointsEntry,),
    "PersonName": (customer.PersonName,),
    "PhoneIdentity": (customer.PhoneIdentity,),
    "Provenance": (Provenance,),
}
"""The models behind the types that are about a person; of their fields those count as told that
are not marked NotPersonal. Types that stand in neither table are held to every word."""

ABOUT_NOBODY: Final[Mapping[str, str]] = {
    "Actor": "a key, named after what it is for",
    "AttributeDefinition": "an attribute of the shop, without a value",
    "AttributeDefinitionPayload": "the same, written",
    "Count": "a figure; a list logs those it is about, where they are few",
    "DeletedPayload": "the id of what is gone, which the caller gave",
    "EnrichmentSource": "a service or a file",
    "Facet": "figures; a list logs those they are about, where they are few",
    "FacetBucket": "the same",
    "IdempotencyMismatchError": "about a request of the caller",
    "InputIssue": "about what the caller sent",
    "LimitExceededError": "about what the caller sent",
    "LoyaltyTier": "a step of the programme, without its members",
    "NotFoundError": "there is nothing",
    "PageInfo": "a place in a list, which logs what its order tells",
    "Purpose": "what data may be used for, whosever",
    "Tag": "a word of the shop, without its customers",
    "TagConnection": "words of the shop",
    "TagPayload": "the same, written",
    "ValidationFailedError": "about what the caller sent",
    "Viewer": "the caller's own key",
}


def unsaid(schema: GraphQLSchema, shows: Models, nobody: Mapping[str, str]) -> Iterator[str]:
    """Fields that say neither, and names in the tables that are not in the schema."""
    kinds = {k: v for k, v in schema.type_map.items() if isinstance(v, GraphQLObjectType)}
    for name in sorted({*shows, *nobody} - {*kinds}):
        yield f"{name}: there is no such type"
    for name, kind in kinds.items():
        if name in nobody or name.startswith("__"):
            continue
        marks = {each: mark for model in shows.get(name, ()) for each, mark in _marks(model)}
        for field_name, field in kind.fields.items():
            said = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
            target = get_named_type(field.type)
            if not is_leaf_type(target) and (target.name not in nobody or name not in shows):
                continue  # the fields of what it leads to say it
            mark = marks.get(getattr(said, "python_name", None))
            if problem := _problem(said, mark):
                yield f"{name}.{field_name}: {problem}"


def _problem(field: Any, mark: Personal | NotPersonalMark | None) -> str | None:
    pii = field.pii if isinstance(field, ScopedField) else None
    unmarked = field.unmarked if isinstance(field, ScopedField) else None
    if pii and isinstance(mark, Personal) and mark.category is not pii:
        return f"says {pii}, its model {mark.category}"
    if pii or unmarked or isinstance(mark, NotPersonalMark):
        return None
    return "say which kind of personal data it tells (pii=), or why none (unmarked=)"


def _marks(model: type) -> Iterator[tuple[str, Personal | NotPersonalMark | None]]:
    found = (each for each in classification(model) if each.model is model)
    return ((each.field, each.mark) for each in found)
