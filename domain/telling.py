"""What it tells of customers to fit a filter, to stand in an order, to be counted by a value."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from domain.personal import PiiClass
from domain.query import (
    All,
    AnyOf,
    FacetField,
    Field,
    HasAttribute,
    HasConsent,
    HasGrant,
    HasTag,
    In,
    Not,
    OrderField,
    Where,
)

Category = Callable[[HasAttribute], PiiClass | None]
"""Which kind of personal data an attribute holds; None for one that is not personal."""

_FIELDS: Final[Mapping[Field, tuple[PiiClass, ...]]] = {
    Field.EMAIL: (PiiClass.CONTACT,),
    Field.PHONE: (PiiClass.CONTACT,),
    Field.EXTERNAL_ID: (PiiClass.CONTACT,),
    Field.FAMILY_NAME: (PiiClass.IDENTITY,),
    Field.SEARCH: (PiiClass.IDENTITY, PiiClass.CONTACT),
    Field.COUNTRY: (PiiClass.LOCATION,),
    Field.BIRTHDAY: (PiiClass.DEMOGRAPHIC,),
    Field.TIER: (PiiClass.BEHAVIOUR,),
    Field.POINTS: (PiiClass.BEHAVIOUR,),
}
_CONTACTS: Final = frozenset({Field.EMAIL, Field.PHONE, Field.EXTERNAL_ID})

BY_ORDER: Final[Mapping[OrderField, PiiClass]] = {
    OrderField.DISPLAY_NAME: PiiClass.IDENTITY,
    OrderField.LOYALTY_POINTS: PiiClass.BEHAVIOUR,
}
"""What a place in a list tells; other orders tell nothing of a person."""

BY_FACET: Final[Mapping[FacetField, PiiClass]] = {
    FacetField.TAG: PiiClass.BEHAVIOUR,
    FacetField.TIER: PiiClass.BEHAVIOUR,
    FacetField.CONSENT: PiiClass.BEHAVIOUR,
    FacetField.COUNTRY: PiiClass.LOCATION,
}
"""What a count by value tells where it is about few."""


def by_filter(where: Where, category: Category) -> frozenset[PiiClass]:
    """What is told of everybody who fits."""
    return frozenset(_told(where, category))


def names(where: Where) -> tuple[In, ...]:
    """Whoever the filter names, to find or to leave out: its ids and its whole contacts."""
    return tuple(_names(where))


def _names(where: Where) -> Iterator[In]:
    if isinstance(where, All | AnyOf):
        for each in where.of:
            yield from _names(each)
    elif isinstance(where, Not):
        yield from _names(where.of)
    elif isinstance(where, In) and where.field in {Field.ID, *_CONTACTS}:
        yield where


def _told(where: Where, category: Category) -> Iterator[PiiClass]:
    if isinstance(where, All | AnyOf):
        for each in where.of:
            yield from _told(each, category)
    elif isinstance(where, Not):
        yield from _told(where.of, category)
    elif isinstance(where, HasTag | HasConsent | HasGrant):
        yield PiiClass.BEHAVIOUR
    elif isinstance(where, HasAttribute):
        found = category(where)
        yield from (found,) if found is not None else ()
    elif not (isinstance(where, In) and where.field in _CONTACTS):
        # of a contact that is given whole nothing is told: who asks knows it
        yield from _FIELDS.get(where.field, ())
