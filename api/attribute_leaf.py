"""Custom and enriched attributes as filters, compared as values of their type."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from api.customer_filters import AttributeFilter
from api.where_leaves import Known, Path, few
from consent.purposes import ancestors
from consent.records import ConsentStatus
from customers import attributes
from customers.attributes import AttributeDefinition
from customers.values import AttributeType
from domain.errors import invalid
from domain.query import All, HasAttribute, HasConsent, Not, Scalar, Where
from enrichment.sources import PURPOSE

Typed = Callable[[object, Path], Scalar]

_REFUSED: Final = frozenset({ConsentStatus.DENIED.value, ConsentStatus.WITHDRAWN.value})
_GRANTED: Final = frozenset({ConsentStatus.GRANTED.value})
_INT64: Final = range(-(1 << 63), 1 << 63)
_ORDERED: Final = frozenset(
    {
        *(AttributeType.STRING, AttributeType.INT, AttributeType.FLOAT),
        *(AttributeType.DATE, AttributeType.DATETIME),
    }
)


def custom(known: Known, given: AttributeFilter, path: Path) -> Where:
    """Raises a Refusal where the caller may not read the values it would learn about.

    Raises Invalid where the shop does not filter by the attribute.
    """
    definition = known.definitions.get(given.key)
    if definition is None:
        message = "There is no attribute of this key: `attributeDefinitions` lists them."
        raise invalid((*path, "key"), "ATTRIBUTE_UNKNOWN", message)
    known.require(*attributes.scopes_to_read(definition))
    _require_filterable(definition, path)
    if definition.type not in _ORDERED and (given.gte is not None or given.lte is not None):
        message = "Values of this attribute have no order: use eq, in or exists."
        raise invalid(path, "FILTER_INVALID", message)
    return _conditions(given, path, _typed(definition))


def _require_filterable(definition: AttributeDefinition, path: Path) -> None:
    if not definition.filterable:
        message = (
            "Customers are not filtered by this attribute: "
            "give its definition `filterable: true` with attributeDefinitionSave."
        )
        raise invalid((*path, "key"), "NOT_FILTERABLE", message)


def enriched(known: Known, given: AttributeFilter, path: Path) -> Where:
    """Finds by values that consent lets be used now: others are not there for a filter either."""
    known.require("enrichment:read")
    allowed = _allowed(known, given.key)
    return _conditions(given, path, _plain, lambda has: All((replace(has, enriched=True), allowed)))


def _allowed(known: Known, key: str) -> Where:
    """A grant of every purpose that a source of this attribute has: the stricter reading."""
    capabilities = [source.capability for source in known.sources]
    purposes = {each.purpose for each in capabilities if key in each.offered()} or {PURPOSE}
    # values outlive their source: those of one that is no longer configured need the usual purpose
    granted = [HasConsent(each, None, _GRANTED, known.now) for each in sorted(purposes)]
    above = sorted({parent for each in purposes for parent in ancestors(each)})
    refused = [Not(HasConsent(each, None, _REFUSED, known.now)) for each in above]
    return All((*granted, *refused))


def _as_it_is(has: HasAttribute) -> Where:
    return has


def _conditions(
    given: AttributeFilter,
    path: Path,
    typed: Typed,
    among: Callable[[HasAttribute], Where] = _as_it_is,
) -> Where:
    has = among(HasAttribute(given.key))
    parts: list[Where] = []
    if given.eq is not None:
        values: tuple[Scalar, ...] = (typed(given.eq, (*path, "eq")),)
        parts.append(among(HasAttribute(given.key, values=values)))
    if given.in_ is not None:
        few(given.in_, (*path, "in"))
        values = tuple(typed(v, (*path, "in", str(n))) for n, v in enumerate(given.in_))
        parts.append(among(HasAttribute(given.key, values=values)))
    if given.gte is not None or given.lte is not None:
        low = None if given.gte is None else typed(given.gte, (*path, "gte"))
        high = None if given.lte is None else typed(given.lte, (*path, "lte"))
        parts.append(among(HasAttribute(given.key, low=low, high=high)))
    if given.exists is not None:
        parts.append(has if given.exists else Not(has))
    return All(tuple(parts)) if parts else has


def _typed(definition: AttributeDefinition) -> Typed:
    """Reads a value as it is read when it is stored; of a list, one of its texts."""

    def read(value: object, path: Path) -> Scalar:
        one = [value] if definition.type is AttributeType.STRING_LIST else value
        stored = attributes.typed(definition, one, *path)
        return stored[0] if isinstance(stored, tuple) else stored

    return read


def _plain(value: object, path: Path) -> Scalar:
    if isinstance(value, bool | str | float) or (isinstance(value, int) and value in _INT64):
        return value
    message = "Compare attributes with text, a number or true and false."
    raise invalid(path, "FILTER_INVALID", message)
