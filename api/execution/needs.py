"""The scopes that a mutation needs, told from its text once: who lacks one writes nothing.

Whatever is selected counts, of every root field, fragment and alias, unless ``@skip`` or
``@include`` leave it out. What is of another type counts as well: nobody knows before the write.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Final, cast

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    NamedTypeNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_abstract_type,
)
from strawberry.schema.schema_converter import GraphQLCoreConverter

from api.fields import ScopedField

Path = tuple[str, ...]
Scopes = frozenset[str]

_NONE: Final = Scopes()
_LEAVES_OUT: Final = {"skip": True, "include": False}


@dataclass(frozen=True, slots=True)
class Lack:
    """What a caller lacks, and the first field that needs any of it."""

    scopes: Scopes
    path: Path


@dataclass(frozen=True, slots=True)
class _Condition:
    """Leaves a part out where the variable, or without one the value itself, is ``out``."""

    variable: str | None
    value: bool | None
    out: bool

    def leaves_out(self, variables: Mapping[str, object]) -> bool:
        if self.variable is None:
            return self.value is self.out
        return variables.get(self.variable, self.value) is self.out


@dataclass(frozen=True, slots=True)
class _Part:
    """A field, or without a key what a fragment holds; ``every``: its scopes and those below."""

    key: str | None
    scopes: Scopes
    conditions: tuple[_Condition, ...]
    below: tuple["_Part", ...]
    every: Scopes


@dataclass(frozen=True, slots=True)
class Needs:
    """What an operation needs before it begins; nothing for a query, whose fields look for it."""

    parts: tuple[_Part, ...] = ()
    every: Scopes = _NONE

    def lack(self, held: AbstractSet[str], variables: Mapping[str, object]) -> Lack | None:
        """What is missing with these variables; who holds everything is asked no further."""
        if self.every <= held:
            return None
        found = list(_Comparison(held, variables).of(self.parts, ()))
        return Lack(_NONE.union(*(each.scopes for each in found)), found[0].path) if found else None


class _Comparison:
    def __init__(self, held: AbstractSet[str], variables: Mapping[str, object]) -> None:
        self._held = held
        self._variables = variables
        self._seen: set[int] = set()

    def of(self, parts: tuple[_Part, ...], path: Path) -> Iterator[Lack]:
        # spreads share their fragment: each followed anew, a short text would take for ever
        if id(parts) in self._seen:
            return
        self._seen.add(id(parts))
        for part in parts:
            if part.every <= self._held or self._is_out(part):
                continue
            at = path if part.key is None else (*path, part.key)
            if missing := part.scopes - self._held:
                yield Lack(missing, at)
            yield from self.of(part.below, at)

    def _is_out(self, part: _Part) -> bool:
        return any(each.leaves_out(self._variables) for each in part.conditions)


def needs(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
) -> Needs:
    """The needs of an operation of a valid document."""
    if operation.operation is not OperationType.MUTATION:
        return Needs()
    parts = _Reader(schema, document, operation).of(operation.selection_set, schema.mutation_type)
    return Needs(parts, _all(parts))


class _Reader:
    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
    ) -> None:
        self._schema = schema
        self._fragments = {
            each.name.value: each
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        self._defaults = {
            each.variable.name.value: each.default_value.value
            for each in operation.variable_definitions or ()
            if isinstance(each.default_value, BooleanValueNode)
        }
        self._read: dict[str, tuple[_Part, ...]] = {}

    def of(
        self, selected: SelectionSetNode | None, parent: GraphQLNamedType | None
    ) -> tuple[_Part, ...]:
        """The parts of a selection that need any scope."""
        nodes = selected.selections if selected else ()
        return tuple(part for node in nodes if (part := self._part(node, parent)).every)

    def _part(self, node: SelectionNode, parent: GraphQLNamedType | None) -> _Part:
        key, scopes, below = None, _NONE, tuple[_Part, ...]()
        if isinstance(node, FieldNode):
            key = node.alias.value if node.alias else node.name.value
            scopes = self._scopes(parent, node.name.value)
            below = self.of(node.selection_set, _type(parent, node.name.value))
        elif isinstance(node, FragmentSpreadNode):
            below = self._fragment(node.name.value)
        elif isinstance(node, InlineFragmentNode):
            below = self.of(node.selection_set, self._narrowed(node.type_condition) or parent)
        conditions = tuple(self._conditions(node.directives or ()))
        return _Part(key, scopes, conditions, below, scopes | _all(below))

    def _fragment(self, name: str) -> tuple[_Part, ...]:
        if name not in self._read:
            fragment = self._fragments[name]
            kind = self._narrowed(fragment.type_condition)
            self._read[name] = self.of(fragment.selection_set, kind)
        return self._read[name]

    def _narrowed(self, condition: NamedTypeNode | None) -> GraphQLNamedType | None:
        return self._schema.get_type(condition.name.value) if condition else None

    def _scopes(self, parent: GraphQLNamedType | None, name: str) -> Scopes:
        """Those of the field; of an interface's, in every type that it may turn out to be."""
        kinds = [
            parent,
            *(self._schema.get_possible_types(parent) if is_abstract_type(parent) else ()),
        ]
        return _NONE.union(*(_required(kind, name) for kind in kinds))

    def _conditions(self, directives: Iterable[DirectiveNode]) -> Iterator[_Condition]:
        for directive in directives:
            out = _LEAVES_OUT.get(directive.name.value)
            given = directive.arguments[0].value if directive.arguments else None
            if out is not None and isinstance(given, VariableNode):
                name = given.name.value
                yield _Condition(name, self._defaults.get(name), out)
            elif out is not None and isinstance(given, BooleanValueNode):
                yield _Condition(None, given.value, out)


def _all(parts: Iterable[_Part]) -> Scopes:
    return _NONE.union(*(part.every for part in parts))


def _field(kind: GraphQLNamedType | None, name: str) -> Any:
    return getattr(kind, "fields", {}).get(name)


def _type(kind: GraphQLNamedType | None, name: str) -> GraphQLNamedType | None:
    field = _field(kind, name)
    return cast("GraphQLNamedType", get_named_type(field.type)) if field is not None else None


def _required(kind: GraphQLNamedType | None, name: str) -> Scopes:
    extensions: Mapping[str, object] = getattr(_field(kind, name), "extensions", {})
    definition = extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    return Scopes(definition.required if isinstance(definition, ScopedField) else ())
