"""What a caller may ask of the customers: filters, orders and pages, free of any database.

A filter is a small tree; every leaf is served by an index, and nothing else can be said.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")
Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class All:
    """Every one of ``of``; true where it is empty."""

    of: tuple["Where", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of ``of``; false where it is empty."""

    of: tuple["Where", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The exact complement, missing values included."""

    of: "Where"


class Field(StrEnum):
    """What a leaf may look at. Text fields hold normal forms: the caller normalises its value."""

    ID = "id"
    STATUS = "status"
    EMAIL = "email"
    PHONE = "phone"
    EXTERNAL_ID = "externalId"
    FAMILY_NAME = "familyName"
    COUNTRY = "country"
    TIER = "tier"
    POINTS = "points"
    BIRTHDAY = "birthday"
    CREATED_AT = "createdAt"
    UPDATED_AT = "updatedAt"
    SEARCH = "search"


@dataclass(frozen=True, slots=True)
class In:
    """The field (any element of it, where it is a list) equals one of ``values``."""

    field: Field
    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class StartsWith:
    field: Field
    prefix: str


@dataclass(frozen=True, slots=True)
class Exists:
    """The field has a value (an element, where it is a list)."""

    field: Field


@dataclass(frozen=True, slots=True)
class Between:
    """``low`` <= field < ``high``; None leaves an end open."""

    field: Field
    low: int | datetime | None = None
    high: int | datetime | None = None


@dataclass(frozen=True, slots=True)
class HasAttribute:
    """A custom attribute (or an enriched one) has a value that fits every bound given."""

    key: str
    enriched: bool = False
    values: tuple[Scalar, ...] | None = None
    low: Scalar | None = None
    high: Scalar | None = None


@dataclass(frozen=True, slots=True)
class HasTag:
    """Carries at least one of these tags, not expired at ``at``."""

    tag_ids: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class HasConsent:
    """The state of this purpose and channel is one of ``statuses``, as of ``at``.

    A customer without a state is NEVER_ASKED; a lapsed grant is EXPIRED.
    """

    purpose: str
    channel: str | None
    statuses: frozenset[str]
    at: datetime


@dataclass(frozen=True, slots=True)
class HasGrant:
    """The state of this purpose and channel is a grant that counts at ``at``.

    Not lapsed, given before ``begun``, on one of ``bases``, and ``confirmed`` where that is asked.
    As in ``HasConsent``, a channel without a state of its own has the one of the whole purpose.
    """

    purpose: str
    channel: str | None
    bases: frozenset[str]
    begun: datetime
    at: datetime
    confirmed: bool = False


Leaf = In | StartsWith | Exists | Between | HasAttribute | HasTag | HasConsent | HasGrant
Where = All | AnyOf | Not | Leaf


def leaves(where: Where) -> Iterator[Leaf]:
    """Every condition of the filter, whatever it is grouped in, from left to right."""
    if isinstance(where, All | AnyOf):
        for part in where.of:
            yield from leaves(part)
    elif isinstance(where, Not):
        yield from leaves(where.of)
    else:
        yield where


class OrderField(StrEnum):
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"
    DISPLAY_NAME = "DISPLAY_NAME"
    LOYALTY_POINTS = "LOYALTY_POINTS"


@dataclass(frozen=True, slots=True)
class Order:
    """Ties are broken by id, so that an order is total and a cursor exact."""

    field: OrderField = OrderField.CREATED_AT
    descending: bool = True


@dataclass(frozen=True, slots=True)
class CustomerQuery:
    """A page of customers. ``after`` and ``before`` are cursors of this order, exclusive.

    ``backward`` asks for the last ``limit`` rows before ``before`` instead of the first ones.
    """

    where: Where = field(default=All(()))
    order: Order = field(default=Order())
    limit: int = 25
    after: str | None = None
    before: str | None = None
    backward: bool = False


class FacetField(StrEnum):
    TAG = "TAG"
    TIER = "TIER"
    STATUS = "STATUS"
    COUNTRY = "COUNTRY"
    CONSENT = "CONSENT"


@dataclass(frozen=True, slots=True)
class Facet:
    """How many of the matching customers have each value, the most frequent first.

    ``complete`` is False where there are more customers than were looked at: the newest ones were.
    """

    field: FacetField
    counts: tuple[tuple[str, int], ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class Row(Generic[T]):
    item: T
    cursor: str


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows in the order asked for, and whether there is more on either side."""

    rows: Sequence[Row[T]]
    has_next: bool
    has_previous: bool
