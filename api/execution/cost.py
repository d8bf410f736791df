"""What a query costs: the weight of every object it may answer with, times the rows around it.

An object weighs 1, a scalar nothing, what only wraps (edges, page information) nothing; ``@cost``
says otherwise. What is skipped or is of another type counts as well: the figure is an upper bound.
"""

from typing import Any, Final, cast

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_leaf_type,
)

from api.execution.shape import shape
from api.execution.sizes import Size, declared, size
from api.execution.terms import Term, sum_of, times

_ROWS: Final = {"edges", "nodes"}
_WRAPPERS: Final = ("Edge", "PageInfo")
_SCHEMA_WEIGHT: Final = 100
_TYPE_WEIGHT: Final = 20


def cost(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> Term:
    """The cost of an operation of a valid document."""
    root = schema.get_root_type(operation.operation)
    return _Scales(schema, document, operation).of(operation.selection_set, root, None)


class _Scales:
    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
    ) -> None:
        self._schema = schema
        self._document = document
        self._operation = operation
        self._fragments = {
            each.name.value: each
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        self._weighed: dict[tuple[str, Size | None], Term] = {}

    def of(
        self,
        selected: SelectionSetNode | None,
        parent: GraphQLNamedType | None,
        rows: Size | None,
    ) -> Term:
        """``rows``: how many ``edges`` and ``nodes`` the parent holds, where it is a connection."""
        return sum_of(
            self._selection(each, parent, rows)
            for each in (selected.selections if selected else ())
        )

    def _selection(self, node: object, parent: GraphQLNamedType | None, rows: Size | None) -> Term:
        if isinstance(node, FieldNode):
            return self._field(node, parent, rows)
        if isinstance(node, FragmentSpreadNode):
            return self._fragment(node.name.value, rows)
        if isinstance(node, InlineFragmentNode):
            return self.of(node.selection_set, self._narrowed(node, parent), rows)
        return Term()

    def _fragment(self, name: str, rows: Size | None) -> Term:
        key = (name, rows)
        if key not in self._weighed:
            fragment = self._fragments[name]
            parent = self._schema.get_type(fragment.type_condition.name.value)
            self._weighed[key] = self.of(fragment.selection_set, parent, rows)
        return self._weighed[key]

    def _narrowed(
        self, node: InlineFragmentNode, parent: GraphQLNamedType | None
    ) -> GraphQLNamedType | None:
        condition = node.type_condition
        return self._schema.get_type(condition.name.value) if condition else parent

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None, rows: Size | None) -> Term:
        name = node.name.value
        if name.startswith("__"):
            return self._introspection(node)
        field: GraphQLField = getattr(parent, "fields", {})[name]
        many = size(field, node, self._operation)
        listed = many is not None and _is_list(field)
        inner = self.of(node.selection_set, _named(field), None if listed else many)
        whole = sum_of((Term(_weight(field)), inner))
        if listed and many is not None:
            return times(many, whole)
        return times(rows, whole) if rows is not None and name in _ROWS else whole

    def _introspection(self, node: FieldNode) -> Term:
        weight = {"__schema": _SCHEMA_WEIGHT, "__type": _TYPE_WEIGHT}.get(node.name.value, 0)
        if not weight or node.selection_set is None:
            return Term(weight)
        return Term(weight * (1 + shape(self._document, node.selection_set).aliases))


def _weight(field: GraphQLField) -> int:
    given = declared(field)
    if given is not None and isinstance(given.weight, int):
        return given.weight
    named = _named(field)
    return 0 if is_leaf_type(named) or named.name.endswith(_WRAPPERS) else 1


def _named(field: GraphQLField) -> GraphQLNamedType:
    return cast("GraphQLNamedType", get_named_type(_type(field)))


def _is_list(field: GraphQLField) -> bool:
    return str(_type(field)).startswith("[")


def _type(field: GraphQLField) -> Any:
    return cast("Any", field).type  # the library leaves its list types without their items
