"""How many rows a field asks for: its ``first`` and ``last``, or what ``@cost`` names instead.

Of an argument that is a list its length counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from graphql import (
    FieldNode,
    GraphQLField,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    VariableNode,
)
from strawberry.schema.schema_converter import GraphQLCoreConverter

from api.directives import Cost

USUAL_ROWS: Final = 25
"""What a page holds where nobody says how much."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A figure known only with the request; ``default`` counts where it is not given."""

    name: str
    default: int

    def value(self, variables: Mapping[str, object]) -> int:
        """Never negative; what is no figure at all is refused later, by its type."""
        given = variables.get(self.name)
        if isinstance(given, list):
            return len(cast("list[object]", given))
        figure = given if isinstance(given, int) else self.default
        return max(figure, 0)


@dataclass(frozen=True, slots=True)
class Size:
    """The greatest of several figures."""

    fixed: int
    variables: tuple[Variable, ...] = ()

    def value(self, variables: Mapping[str, object]) -> int:
        return max([self.fixed, *(each.value(variables) for each in self.variables)])


def declared(field: GraphQLField) -> Cost | None:
    """What ``@cost`` says of the field."""
    definition = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    directives: Sequence[object] = getattr(definition, "directives", ())
    return next((each for each in directives if isinstance(each, Cost)), None)


def size(field: GraphQLField, node: FieldNode, operation: OperationDefinitionNode) -> Size | None:
    """How many rows; None for a field that is no list by its arguments."""
    cost = declared(field)
    listed = cost.list_size if cost is not None and cost.list_size else None
    if listed is not None and listed.isdigit():
        return Size(int(listed))
    names = [listed] if listed is not None else [n for n in ("first", "last") if n in field.args]
    if not names:
        return None
    given = [each for name in names if (each := _given(field, node, name, operation)) is not None]
    return _greatest(given or [_default(field, names)])


def _greatest(figures: Sequence[int | Variable]) -> Size:
    fixed = [each for each in figures if isinstance(each, int)]
    return Size(
        max(fixed, default=0), tuple(each for each in figures if isinstance(each, Variable))
    )


def _default(field: GraphQLField, names: Sequence[str]) -> int:
    defaults = [field.args[name].default_value for name in names if name in field.args]
    return next((each for each in defaults if isinstance(each, int)), USUAL_ROWS)


def _given(
    field: GraphQLField, node: FieldNode, name: str, operation: OperationDefinitionNode
) -> int | Variable | None:
    value = next((each.value for each in node.arguments or () if each.name.value == name), None)
    if isinstance(value, IntValueNode):
        return max(int(value.value), 0)
    if isinstance(value, ListValueNode):
        return len(value.values)
    if isinstance(value, VariableNode):
        default = _variable_default(operation, value.name.value)
        return Variable(value.name.value, _default(field, [name]) if default is None else default)
    return None


def _variable_default(operation: OperationDefinitionNode, name: str) -> int | None:
    for definition in operation.variable_definitions or ():
        if definition.variable.name.value == name:
            value = definition.default_value
            if isinstance(value, ListValueNode):
                return len(value.values)
            return int(value.value) if isinstance(value, IntValueNode) else None
    return None
