"""Custom and enriched attributes as filters, compared as values of their type."""

from collections.abc import Callable
from typing import Final

from api.customer_filters import AttributeFilter
from api.where_leaves import Known, Path, few
from customers import attributes
from customers.attributes import AttributeDefinition
from customers.values import AttributeType
from domain.errors import invalid
from domain.query import All, HasAttribute, Not, Scalar, Where

Typed = Callable[[object, Path], Scalar]

_INT64: Final = range(-(1 << 63), 1 << 63)
_ORDERED: Final = frozenset(
    {
        *(AttributeType.STRING, AttributeType.INT, AttributeType.FLOAT),
        *(AttributeType.DATE, AttributeType.DATETIME),
    }
)


def custom(known: Known, given: AttributeFilter, path: Path) -> Where:
    """Raises a Refusal where the caller may not read the values it would learn about."""
    definition = known.definitions.get(given.key)
    if definition is None:
        message = "There is no attribute of this key: `attributeDefinitions` lists them."
        raise invalid((*path, "key"), "ATTRIBUTE_UNKNOWN", message)
    known.require(*attributes.scopes_to_read(definition))
    if definition.type not in _ORDERED and (given.gte is not None or given.lte is not None):
        message = "Values of this attribute have no order: use eq, in or exists."
        raise invalid(path, "FILTER_INVALID", message)
    return _conditions(given, path, _typed(definition), enriched=False)


def enriched(known: Known, given: AttributeFilter, path: Path) -> Where:
    known.require("enrichment:read")
    return _conditions(given, path, _plain, enriched=True)


def _conditions(given: AttributeFilter, path: Path, typed: Typed, *, enriched: bool) -> Where:
    has = HasAttribute(given.key, enriched=enriched)
    parts: list[Where] = []
    if given.eq is not None:
        values: tuple[Scalar, ...] = (typed(given.eq, (*path, "eq")),)
        parts.append(HasAttribute(given.key, enriched=enriched, values=values))
    if given.in_ is not None:
        few(given.in_, (*path, "in"))
        values = tuple(typed(v, (*path, "in", str(n))) for n, v in enumerate(given.in_))
        parts.append(HasAttribute(given.key, enriched=enriched, values=values))
    if given.gte is not None or given.lte is not None:
        low = None if given.gte is None else typed(given.gte, (*path, "gte"))
        high = None if given.lte is None else typed(given.lte, (*path, "lte"))
        parts.append(HasAttribute(given.key, enriched=enriched, low=low, high=high))
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
