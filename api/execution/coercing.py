"""Variables coerced by functions made once for each input type, as graphql-core coerces them.

graphql-core looks at every type anew for every value, twice. What these functions do not expect
they refuse with ``Unfit``: then graphql-core coerces the same variables, and says what is wrong.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from graphql import (
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    Undefined,
    VariableDefinitionNode,
)
from graphql.execution.get_variable_signature import get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource
from graphql.utilities.coerce_input_value import coerce_default_value

from api.execution.values import inner

Coerce = Callable[[Any], Any]
"""From a JSON value to what graphql-core makes of it. Raises ``Unfit``, or what the type raises."""

_NO_DEFAULT: Final = object()


class Unfit(Exception):
    """Nothing that can be coerced in the usual way."""


class Coercers:
    """The functions for the input types of one schema."""

    def __init__(self) -> None:
        self._objects: dict[str, Coerce] = {}

    def of(self, kind: Any) -> Coerce:
        """The function for this type."""
        if isinstance(kind, GraphQLNonNull):
            return _required(self._present(inner(kind)))
        return _optional(self._present(kind))

    def _present(self, kind: Any) -> Coerce:
        if isinstance(kind, GraphQLList):
            return _list(self.of(inner(kind)))
        if isinstance(kind, GraphQLInputObjectType):
            # input types may hold themselves
            if kind.name not in self._objects:
                self._objects[kind.name] = later = _Object(kind)
                later.look_up(self)
            return self._objects[kind.name]
        coerce: Coerce = kind.coerce_input_value
        return coerce


class _Object:
    """Coerces an input object, its members in the order of the schema."""

    def __init__(self, kind: GraphQLInputObjectType) -> None:
        self._kind: Any = kind
        self._fields: list[tuple[str, str, Coerce, Any]] = []

    def look_up(self, coercers: Coercers) -> None:
        for name, field in self._kind.fields.items():
            coerce = coercers.of(field.type)
            self._fields.append((name, field.out_name or name, coerce, _default(field)))

    def __call__(self, value: Any) -> Any:
        if not _is(value, dict):
            raise Unfit
        given: dict[str, Any] = value
        found: dict[str, Any] = {}
        known = 0
        for name, out, coerce, default in self._fields:
            if name in given:
                known += 1
                found[out] = coerce(given[name])
            elif default is not _NO_DEFAULT:
                found[out] = default()
        one = not self._kind.is_one_of or (known == 1 and None not in found.values())
        if known != len(given) or not one:
            raise Unfit
        return self._kind.out_type(found)


def _default(field: Any) -> Any:
    """What makes the value of a field that is not given; for a required one, a refusal."""
    if field.default is None and field.default_value is Undefined:
        return _unfit if isinstance(field.type, GraphQLNonNull) else _NO_DEFAULT
    return lambda: coerce_default_value(field)


def _unfit() -> Any:
    raise Unfit


def _is(value: object, kind: type) -> bool:
    """Whether it is of the very kind that JSON makes."""
    return type(value) is kind


def _required(coerce: Coerce) -> Coerce:
    def coerced(value: Any) -> Any:
        if value is None or value is Undefined:
            raise Unfit
        return coerce(value)

    return coerced


def _optional(coerce: Coerce) -> Coerce:
    def coerced(value: Any) -> Any:
        if value is Undefined:
            raise Unfit
        return None if value is None else coerce(value)

    return coerced


def _list(coerce: Coerce) -> Coerce:
    def coerced(value: Any) -> Any:
        # one value alone stands for a list of it: rarely
        if not _is(value, list):
            raise Unfit
        return [coerce(item) for item in value]

    return coerced


class Variables:
    """The variables of one operation."""

    def __init__(
        self,
        schema: GraphQLSchema,
        definitions: Iterable[VariableDefinitionNode],
        coercers: Coercers,
    ) -> None:
        self._known: list[tuple[Any, Coerce, bool]] = []
        for each in definitions:
            signature: Any = get_variable_signature(schema, each)
            # validation has seen to it that a variable is of an input type
            if isinstance(signature, GraphQLError):
                raise signature
            kind: Any = signature.type
            is_needed = isinstance(kind, GraphQLNonNull) or each.default_value is not None
            self._known.append((signature, coercers.of(kind), is_needed))

    def coerced(self, given: Mapping[str, Any]) -> VariableValues:
        """The values, as ``get_variable_values`` gives them.

        Raises an exception of any kind where it might give something else.
        """
        sources: dict[str, Any] = {}
        found: dict[str, Any] = {}
        for signature, coerce, is_needed in self._known:
            name = signature.name
            if name in given:
                value = given[name]
                found[name] = coerce(value)
                sources[name] = VariableValueSource(signature, value)
            elif is_needed:
                raise Unfit
            else:
                sources[name] = VariableValueSource(signature)
        return VariableValues(sources, found)
