"""Which fields a plan can read by itself, and how: attributes, and resolvers that need no info."""

from collections.abc import Callable
from dataclasses import dataclass
from keyword import iskeyword
from typing import Any, cast

from graphql import GraphQLField
from strawberry.types.field import StrawberryField

from api.execution.values import DEFINITION

Guard = Callable[[Any], bool]
"""Whether the context of a request may have a field at all."""


@dataclass(frozen=True, slots=True)
class Readable:
    """How one field is read of its parent; ``attribute`` where there is no resolver."""

    attribute: str | None
    resolver: Callable[..., Any] | None = None
    takes_parent: bool = False
    guard: Guard | None = None


def readable(field: GraphQLField) -> Readable | None:
    """How the field is read; None where only Strawberry can: it waits, needs info, is extended.

    A field class with a ``get_result`` of its own is read only where it also has a ``guard``:
    whether, for this context, that method does what Strawberry's does; None where it always does.
    """
    definition: Any = field.extensions.get(DEFINITION)
    if not isinstance(definition, StrawberryField) or definition.extensions:
        return None
    own = type(definition).get_result is not StrawberryField.get_result
    if own and not hasattr(definition, "guard"):
        return None
    guard: Guard | None = getattr(definition, "guard", None)
    resolver: Any = cast("Any", definition).base_resolver
    if resolver is None:
        return _attribute(definition, guard)
    return None if definition.is_async else _resolved(resolver, guard)


def _attribute(definition: StrawberryField, guard: Guard | None) -> Readable | None:
    name = definition.python_name
    plain = definition.default_resolver is getattr and name.isidentifier() and not iskeyword(name)
    return Readable(name, guard=guard) if plain else None


def _resolved(resolver: Any, guard: Guard | None) -> Readable | None:
    asks = resolver.info_parameter or resolver.parent_parameter or resolver.root_parameter
    if asks or not callable(resolver.wrapped_func):
        return None
    takes_parent = resolver.self_parameter is not None
    return Readable(None, resolver.wrapped_func, takes_parent, guard)
