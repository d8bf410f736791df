"""Writes a plan: one Python function that completes a value as graphql-core would, field by field.

What graphql-core does for every field of every row - find the definition, describe the place, call,
look at the type of what came - is done here once, when the function is written. What is left are
attribute reads, type checks and dict literals. Whatever is not exactly as expected raises
``Deoptimise``: then graphql-core completes the value again, and tells what is wrong.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import CoroutineType
from typing import Any, Final

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
)
from graphql.execution.collect_fields import FieldDetails
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.cast import TYPE_CAST_ATTRIBUTE

from api.execution.arguments import Arguments, takes_lists, takes_objects
from api.execution.readable import Readable, readable
from api.execution.values import (
    DEFINITION,
    EXPECTED,
    Deoptimise,
    Unplannable,
    coercion,
    inner,
    is_looked_at,
    names_of,
    origin,
)

Plan = Callable[[Any, Any], Any]
"""From a value and the executor of a request to the completed value. Raises ``Deoptimise``."""

Details = Sequence[FieldDetails]

_TYPENAME: Final = "__typename"
_NOT_CAST: Final = f"not hasattr({{0}}, {TYPE_CAST_ATTRIBUTE!r})"


@dataclass(slots=True)
class Room:
    """How many lines may still be written for one operation, in all its plans together."""

    lines: int


def write(
    kind: Any, details: Details, executor: Any, converter: GraphQLCoreConverter, room: Room
) -> Plan | None:
    """The plan for values of this type below these nodes; None where there can be none.

    It holds for every request of the same operation whose directives include the same. Its lines
    are taken from ``room``; None too where that is too small.
    """
    try:
        return _Writer(executor, converter, room).plan(kind, details)
    # what nests too deep for Python's own compiler is no bug of ours
    except (Unplannable, SyntaxError, RecursionError, MemoryError):
        return None


class _Writer:
    def __init__(self, executor: Any, converter: GraphQLCoreConverter, room: Room) -> None:
        self._executor = executor
        self._converter = converter
        self._room = room
        self._prologue: list[str] = []
        self._lines: list[str] = []
        self._constants: dict[str, Any] = {"Deoptimise": Deoptimise, "Coroutine": CoroutineType}
        self._numbers: Iterator[int] = itertools.count()

    def plan(self, kind: Any, details: Details) -> Plan:
        outcome = self._present("value", kind, details, 1)
        body = [*self._prologue, *self._lines, f"    return {outcome}"]
        source = "\n".join(["def plan(value, executor):", *body])
        # of the query only response names are in it, as literals
        exec(compile(source, "<plan>", "exec"), self._constants)  # noqa: S102
        plan: Plan = self._constants["plan"]
        self._room.lines -= len(self._lines)
        return plan

    def _value(self, name: str, kind: Any, details: Details, depth: int) -> str:
        """Writes how the variable is completed; returns the expression of the outcome."""
        if isinstance(kind, GraphQLNonNull):
            # no test: what is there is looked at, and None is nothing that is expected there
            return self._present(name, inner(kind), details, depth)
        outcome = self._name("o")
        self._line(f"if {name} is None: {outcome} = None", depth)
        self._line("else:", depth)
        self._line(f"{outcome} = {self._present(name, kind, details, depth + 1)}", depth + 1)
        return outcome

    def _present(self, name: str, kind: Any, details: Details, depth: int) -> str:
        if isinstance(kind, GraphQLList):
            return self._list(name, inner(kind), details, depth)
        if isinstance(kind, GraphQLObjectType):
            self._expect(name, f"type({{0}}) is {self._constant(origin(kind))}", depth)
            if is_looked_at(kind):
                self._expect(name, _NOT_CAST, depth)
            return self._fields(name, kind, details, depth)
        if isinstance(kind, GraphQLInterfaceType | GraphQLUnionType):
            return self._abstract(name, kind, details, depth)
        return self._leaf(name, kind, depth)

    def _list(self, name: str, kind: Any, details: Details, depth: int) -> str:
        outcome, item = self._name("o"), self._name("i")
        self._expect(name, "type({0}) is list or type({0}) is tuple", depth)
        self._line(f"{outcome} = []", depth)
        self._line(f"for {item} in {name}:", depth)
        self._line(f"{outcome}.append({self._value(item, kind, details, depth + 1)})", depth + 1)
        return outcome

    def _abstract(
        self, name: str, kind: GraphQLInterfaceType | GraphQLUnionType, details: Details, depth: int
    ) -> str:
        outcome, found = self._name("o"), self._name("t")
        self._expect(name, _NOT_CAST, depth)
        self._line(f"{found} = type({name})", depth)
        word = "if"
        for possible, cls in self._possible(kind):
            self._line(f"{word} {found} is {self._constant(cls)}:", depth)
            fields = self._fields(name, possible, details, depth + 1)
            self._line(f"{outcome} = {fields}", depth + 1)
            word = "elif"
        self._line("else: raise Deoptimise", depth)
        return outcome

    def _possible(
        self, kind: GraphQLInterfaceType | GraphQLUnionType
    ) -> list[tuple[GraphQLObjectType, type]]:
        definition = kind.extensions.get(DEFINITION)
        if definition is None or getattr(definition, "resolve_type", None) is not None:
            raise Unplannable
        possible = [(each, origin(each)) for each in self._executor.schema.get_possible_types(kind)]
        classes = [cls for _, cls in possible]
        # of a class and its subclass Strawberry may take the first for the second
        if not possible or any(
            issubclass(one, other) for one, other in itertools.permutations(classes, 2)
        ):
            raise Unplannable
        return possible

    def _fields(self, name: str, kind: GraphQLObjectType, details: Details, depth: int) -> str:
        selected, deferred, _ = self._executor.collect_subfields(kind, details)
        if deferred:
            raise Unplannable
        members = [
            f"{key!r}: {self._field(name, kind, below, depth)}" for key, below in selected.items()
        ]
        return f"{{{', '.join(members)}}}"

    def _field(self, name: str, kind: GraphQLObjectType, details: Details, depth: int) -> str:
        node = details[0].node
        if node.name.value == _TYPENAME:
            return repr(kind.name)
        field = kind.fields.get(node.name.value)
        if field is None or any(each.fragment_variable_values for each in details):
            raise Unplannable
        how = readable(field)
        if how is None or takes_objects(field):
            raise Unplannable
        value = self._name("v")
        self._line(f"{value} = {self._read(name, how, field, details)}", depth)
        if how.resolver is not None:
            # it will be called again; a coroutine from anywhere else belongs to who made it
            awaits = f"type({value}) is Coroutine"
            self._line(f"if {awaits}: {value}.close(); raise Deoptimise", depth)
        return self._value(value, field.type, details, depth)

    def _read(self, name: str, how: Readable, field: GraphQLField, details: Details) -> str:
        if how.guard is not None:
            allowed = f"{self._constant(how.guard)}(executor.context_value)"
            self._prologue.append(f"    if not {allowed}: raise Deoptimise")
        if how.resolver is None:
            return f"{name}.{how.attribute}"
        given = [name] if how.takes_parent else []
        if field.args:
            given.append(f"**{self._arguments(field, details)}")
        return f"{self._constant(how.resolver)}({', '.join(given)})"

    def _arguments(self, field: GraphQLField, details: Details) -> str:
        read = self._constant(Arguments(field, details[0].node, self._converter))
        given = f"{read}.converted({read}.given(executor.variable_values))"
        if takes_lists(field):
            return given
        # the same for all rows, so once for all of them
        name = self._name("a")
        self._prologue.append(f"    {name} = {given}")
        return name

    def _leaf(self, name: str, kind: Any, depth: int) -> str:
        coerce = self._constant(coercion(kind))
        if (expected := EXPECTED.get(kind)) is not None:
            test = expected.format(name)
            self._line(f"if not ({test}): {name} = {coerce}({name})", depth)
        elif (named := names_of(kind)) is not None:
            members, names = map(self._constant, named)
            found = f"{names}.get({name}) or {coerce}({name})"
            self._line(
                f"{name} = {found} if type({name}) is {members} else {coerce}({name})", depth
            )
        else:
            self._line(f"{name} = {coerce}({name})", depth)
        return name

    def _expect(self, name: str, what: str, depth: int) -> None:
        self._line(f"if not ({what.format(name)}): raise Deoptimise", depth)

    def _line(self, text: str, depth: int) -> None:
        if len(self._lines) >= self._room.lines:
            raise Unplannable
        self._lines.append("    " * depth + text)

    def _name(self, letter: str) -> str:
        return f"{letter}{next(self._numbers)}"

    def _constant(self, value: Any) -> str:
        name = self._name("c")
        self._constants[name] = value
        return name
