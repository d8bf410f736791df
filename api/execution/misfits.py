"""What of the variables does not fit the schema: where it is and what is expected, never what came.

graphql-core quotes the values in its messages, and values are about persons.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import islice
from typing import Any, Final, cast

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    VariableDefinitionNode,
    is_required_input_field,
)
from graphql.execution.get_variable_signature import get_variable_signature
from graphql.pyutils import suggestion_list

from api.execution.values import DEFINITION, inner
from api.refusals import Refusal, RefusalCode

Place = tuple[str | int, ...]
Misfit = tuple[Place, str]

_MOST: Final = 50
_NAME: Final = re.compile(r"[_A-Za-z][_0-9A-Za-z]{0,99}")
_EXPECTED: Final = {
    "Int": "a whole number of at most 32 bits is expected",
    "Float": "a number is expected",
    "String": "a string is expected",
    "Boolean": "true or false is expected",
    "ID": "an id, as a string or a whole number, is expected",
}


def misfits(
    schema: GraphQLSchema,
    declared: Collection[VariableDefinitionNode],
    given: Mapping[str, Any],
) -> list[GraphQLError]:
    """A refusal for each place where a value does not fit, at most 50; empty where all do."""
    found: list[GraphQLError] = []
    for each in declared:
        signature: Any = get_variable_signature(schema, each)
        misfit = _variable(each, signature.type, given)
        room = _MOST - len(found)
        found += [_refusal(each, place, what) for place, what in islice(misfit, room)]
    return found


def unfit() -> GraphQLError:
    """The same where nobody can tell the place."""
    return Refusal(RefusalCode.QUERY_INVALID, "The variables do not fit the schema.")


def _refusal(node: VariableDefinitionNode, place: Place, what: str) -> Refusal:
    name, *inside = place
    where = f" at {'.'.join(map(str, inside))}" if inside else ""
    return Refusal(
        RefusalCode.QUERY_INVALID,
        f"The variable ${name} does not fit{where}: {what}.",
        node=node,
        path=list(place),
    )


def _variable(
    node: VariableDefinitionNode, kind: Any, given: Mapping[str, Any]
) -> Iterator[Misfit]:
    name = node.variable.name.value
    if name in given:
        yield from _value(kind, given[name], (name,))
    elif isinstance(kind, GraphQLNonNull) and node.default_value is None:
        yield (name,), "it is required"


def _value(kind: Any, value: Any, place: Place) -> Iterator[Misfit]:
    if isinstance(kind, GraphQLNonNull):
        kind = inner(kind)
        if value is None:
            yield place, "it must not be null"
    if value is None:
        return
    if isinstance(kind, GraphQLList):
        yield from _items(inner(kind), value, place)
    elif isinstance(kind, GraphQLInputObjectType):
        yield from _object(kind, value, place)
    else:
        yield from _leaf(kind, value, place)


def _items(kind: Any, value: Any, place: Place) -> Iterator[Misfit]:
    if not isinstance(value, list | tuple):
        # one value alone stands for a list of it
        yield from _value(kind, value, place)
        return
    for position, item in enumerate(cast("Collection[Any]", value)):
        yield from _value(kind, item, (*place, position))


def _object(kind: Any, value: Any, place: Place) -> Iterator[Misfit]:
    if not isinstance(value, dict):
        yield place, f"an object of type {kind.name} is expected"
        return
    # any JSON object: pyright asks of what, and to mypy a cast says nothing new
    members: dict[Any, Any] = value  # pyright: ignore[reportUnknownVariableType]
    fields: Mapping[str, Any] = kind.fields
    for name in members:
        if name not in fields:
            yield place, _unknown(name, kind.name, fields)
    for name, field in fields.items():
        if name in members:
            yield from _value(field.type, members[name], (*place, name))
        elif is_required_input_field(field):
            yield (*place, name), "it is required"
    if _is_one_of(kind):
        yield from _one_of(fields, members, place)


def _is_one_of(kind: Any) -> bool:
    """Strawberry checks its own itself, and does not tell graphql-core of them."""
    definition = kind.extensions.get(DEFINITION)
    return kind.is_one_of or (definition is not None and definition.is_one_of)


def _one_of(
    fields: Mapping[str, Any], members: Mapping[Any, Any], place: Place
) -> Iterator[Misfit]:
    if len(members) != 1:
        yield place, f"exactly one of {', '.join(fields)} is expected"
    elif None in members.values():
        yield place, "null is not allowed here"


def _unknown(name: object, kind: str, fields: Mapping[str, Any]) -> str:
    # a key may hold anything; a name is worth repeating, to be found
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        return f"{kind} has no such field"
    near = suggestion_list(name, fields)[:2]
    return f"{kind} has no field {name}" + (f"; there is {' and '.join(near)}" if near else "")


def _leaf(kind: Any, value: Any, place: Place) -> Iterator[Misfit]:
    coerce: Callable[[Any], Any] = kind.coerce_input_value
    try:
        coerce(value)
    except Exception as problem:  # noqa: BLE001 - whatever it is, the value does not fit
        yield place, _expected(kind, problem)


def _expected(kind: Any, problem: Exception) -> str:
    if isinstance(kind, GraphQLEnumType):
        names: Collection[str] = kind.values
        return f"one of {', '.join(names)} is expected"
    if kind.name in _EXPECTED:
        return _EXPECTED[kind.name]
    # our own scalars say what they want, without what they got
    said = str(problem) if isinstance(problem, ValueError) else f"it is no {kind.name}"
    return said.removesuffix(".")
