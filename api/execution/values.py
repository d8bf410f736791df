"""What a plan expects of values: their classes, and how scalars and enums are written."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any, Final

from graphql import (
    GraphQLBoolean,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLObjectType,
    GraphQLString,
    Undefined,
)
from strawberry.execution.is_awaitable import optimized_is_awaitable
from strawberry.schema.schema_converter import GraphQLCoreConverter

_LARGEST_INT: Final = 2**31 - 1
DEFINITION: Final = GraphQLCoreConverter.DEFINITION_BACKREF
"""Where a type or a field of graphql-core keeps what Strawberry made it from."""


class Deoptimise(Exception):
    """The value is not what the plan was written for."""


class Unplannable(Exception):
    """There is no plan for this selection."""


def inner(kind: Any) -> Any:
    """What a list or a non-null wraps."""
    return kind.of_type


def is_looked_at(kind: Any) -> bool:
    """Whether graphql-core looks at values of this type before it takes them for one."""
    return kind.is_type_of is not None


EXPECTED: Final[dict[Any, str]] = {
    GraphQLString: "type({0}) is str",
    GraphQLID: "type({0}) is str",
    GraphQLBoolean: "{0} is True or {0} is False",
    GraphQLInt: f"type({{0}}) is int and -{_LARGEST_INT + 1} <= {{0}} <= {_LARGEST_INT}",
}
"""What a value of a scalar is when it need not be coerced."""


def names_of(kind: Any) -> tuple[type[Enum], Mapping[Enum, str]] | None:
    """Of an enum its class and the name of each member; None where it is no enum of Python's.

    Combinations of flags are of the class, but no members.
    """
    members: type[Enum] | None = getattr(kind, "wrapped_cls", None)
    if members is None:
        return None
    return members, {member: kind.coerce_output_value(member) for member in members}


_PLAIN: Final = frozenset({str, int, float, bool, datetime, date})
"""Of these nothing is awaited, raised or missing."""


def _surprises(value: Any) -> bool:
    absent = value is None or value is Undefined
    return absent or isinstance(value, Exception) or optimized_is_awaitable(value)


def coercion(kind: GraphQLLeafType) -> Callable[[Any], Any]:
    """How any other value is written; what graphql-core would refuse or await is a surprise."""
    coerce = kind.coerce_output_value

    def coerced(value: Any) -> Any:
        if type(value) not in _PLAIN and _surprises(value):
            raise Deoptimise
        outcome = coerce(value)
        if outcome is None or outcome is Undefined:
            raise Deoptimise
        return outcome

    return coerced


def origin(kind: GraphQLObjectType) -> type:
    """The class of which alone a value is surely of this type."""
    definition: Any = kind.extensions.get(DEFINITION)
    if definition is None or definition.is_type_of or definition.name != kind.name:
        raise Unplannable
    if definition.concrete_of or definition.is_graphql_generic:
        raise Unplannable
    found: type = definition.origin
    return found
