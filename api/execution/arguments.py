"""The arguments at one place of a query: graphql-core's coercion and Strawberry's reading, once.

What does not change from request to request is worked out here when the place is first met. For
whatever is left - a literal with a variable in it, a null where none may be - graphql-core is asked
each time, and says what is wrong.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, Final, cast

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLString,
    Undefined,
    VariableNode,
    print_ast,
)
from graphql.execution.values import VariableValues, get_argument_values
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.arguments import InputContext
from strawberry.types.field import StrawberryField

from api.execution.readers import Reader, is_as_given, reader
from api.execution.values import DEFINITION

_UNCHANGING: Final = (str, int, float, bool, type(None), Enum)
"""Of these one value may serve all requests; a list or an object may be changed by who gets it."""


class Arguments:
    """Reads the arguments of one field node."""

    def __init__(
        self, field: GraphQLField, node: FieldNode, converter: GraphQLCoreConverter
    ) -> None:
        self._field = field
        self._node = node
        self._converter = converter
        self._variables: list[tuple[str, str, bool]] = []
        self._fixed = self._worked_out()
        self._readers = list(self._read(field.extensions[DEFINITION]))

    def given(self, values: VariableValues) -> Mapping[str, Any]:
        """What graphql-core's ``get_argument_values`` gives; raises what that raises."""
        if self._fixed is None:
            return get_argument_values(self._field, self._node, values)
        found = dict(self._fixed)
        for name, variable, may_be_missing in self._variables:
            value = values.coerced.get(variable)
            if value is not None:
                found[name] = value
            elif not may_be_missing:
                return get_argument_values(self._field, self._node, values)
            elif variable in values.coerced:
                found[name] = None
        return found

    def converted(self, given: Mapping[str, Any], info: Any = None) -> dict[str, Any]:
        """The keyword arguments of the resolver; ``info`` is for readers of input objects.

        Raises what Strawberry raises for wrong ones.
        """
        return {
            python_name: given[name] if is_plain else read(given[name], self._context(info, name))
            for name, python_name, read, is_plain in self._readers
            if name in given
        }

    def _worked_out(self) -> Mapping[str, Any] | None:
        """The arguments in which no variable has a say; None where each request must be asked."""
        nodes = {each.name.value: each.value for each in self._node.arguments or ()}
        known: Mapping[str, Any] = self._field.args
        alone = {name for name, node in nodes.items() if isinstance(node, VariableNode)}
        if any("$" in print_ast(node) for name, node in nodes.items() if name not in alone):
            return None
        for name in alone & known.keys():
            node = cast("VariableNode", nodes[name])
            self._variables.append((name, node.name.value, _may_be_missing(known[name])))
        others: Any = {name: each for name, each in known.items() if name not in alone}
        try:
            fixed = get_argument_values(GraphQLField(GraphQLString, others), self._node)
        except GraphQLError:
            return None
        return fixed if all(isinstance(each, _UNCHANGING) for each in fixed.values()) else None

    def _read(self, definition: StrawberryField) -> Iterator[tuple[str, str, Reader, bool]]:
        for each in definition.arguments:
            read = reader(each.type)
            name = self._converter.config.name_converter.from_argument(each)
            yield name, each.python_name, read, is_as_given(read)

    def _context(self, info: Any, name: str) -> InputContext:
        converter = self._converter
        return InputContext(
            info=info,
            config=converter.config,
            scalar_registry=converter.scalar_registry,
            path=(name,),
        )


def _may_be_missing(argument: Any) -> bool:
    """Whether nothing stands for a variable without a value, and null for one that is null."""
    has_default = argument.default is not None or argument.default_value is not Undefined
    return not has_default and not isinstance(argument.type, GraphQLNonNull)


def takes_objects(field: GraphQLField) -> bool:
    """Whether an argument is an input object, whose reader may want to know who asks."""
    kinds = [kind for argument in _arguments(field) for kind in _unwrapped(argument.type)]
    return any(isinstance(kind, GraphQLInputObjectType) for kind in kinds)


def takes_lists(field: GraphQLField) -> bool:
    """Whether an argument is a list, of which every call must have its own."""
    kinds = [kind for argument in _arguments(field) for kind in _unwrapped(argument.type)]
    return any(isinstance(kind, GraphQLList) for kind in kinds)


def _arguments(field: Any) -> Iterable[Any]:
    given: Iterable[Any] = field.args.values()
    return given


def _unwrapped(kind: Any) -> Iterator[Any]:
    """The type, and what it wraps."""
    yield kind
    while isinstance(kind, GraphQLList | GraphQLNonNull):
        kind = cast("Any", kind).of_type
        yield kind
