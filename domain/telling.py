"""What it tells of customers to fit a filter, to stand in an order, to be counted by a value."""

from collections.abc import Callable, Mapping
from typing import Final

from domain.personal import PiiClass
from domain.query import (
    FacetField,
    Field,
    HasAttribute,
    HasConsent,
    HasGrant,
    HasTag,
    In,
    Leaf,
    OrderField,
    Where,
    leaves,
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
    return frozenset(told for leaf in leaves(where) for told in _told(leaf, category))


def names(where: Where) -> tuple[In, ...]:
    """Whoever the filter names, to find or to leave out: its ids and its whole contacts."""
    every = (each for each in leaves(where) if isinstance(each, In))
    return tuple(each for each in every if each.field in {Field.ID, *_CONTACTS})


def _told(leaf: Leaf, category: Category) -> tuple[PiiClass, ...]:
    if isinstance(leaf, HasTag | HasConsent | HasGrant):
        return (PiiClass.BEHAVIOUR,)
    if isinstance(leaf, HasAttribute):
        found = category(leaf)
        return (found,) if found is not None else ()
    if isinstance(leaf, In) and leaf.field in _CONTACTS:
        # of a contact that is given whole nothing is told: who asks knows it
        return ()
    return _FIELDS.get(leaf.field, ())
