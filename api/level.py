"""Nested data of a list, fetched once a level: one query each, whatever the number of rows.

Before the rows of a list are resolved, the selection below them is read; what it needs of related
collections is loaded for all rows at once, and the rows' own resolvers only look it up.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any, Final, cast

import strawberry
from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLIncludeDirective,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSkipDirective,
    SelectionSetNode,
    get_named_type,
    print_ast,
)
from graphql.execution.values import VariableValues, get_argument_values, get_directive_values
from graphql.type import GraphQLResolveInfo

from api.context import Context, Info
from api.fields import attribute
from domain.ids import CustomerId
from domain.personal import PiiClass

Loader = Callable[
    [Context, Sequence[CustomerId], Mapping[str, Any]], Awaitable[Mapping[CustomerId, Any]]
]
"""Fetches one field for many customers; customers it leaves out read as None.

A field of Customer goes by its name, one of a type of which each customer has one by both names:
"LoyaltyAccount.transactions".
"""

Key = tuple[str, tuple[tuple[str, object], ...]]
Wanted = tuple[Key, Mapping[str, Any]]
RawInfo = GraphQLResolveInfo[Any]
_CUSTOMER: Final = "Customer"
_MOST_REMEMBERED: Final = 64
_UNKNOWN: Final = (None, None)


def raw(info: Info) -> RawInfo:
    """graphql-core's own view of the current field: its selection and its arguments' syntax."""
    # strawberry hides it; this is the one place that reaches behind
    untyped: Any = info
    return cast("RawInfo", untyped._raw_info)  # noqa: SLF001


class Level:
    """What the rows of one list share: their loaded relations and the way to disclose."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._loaded: dict[Key, Mapping[CustomerId, Any]] = {}

    def disclose(self, customer_id: CustomerId, category: PiiClass) -> bool:
        """See Context.disclose."""
        return self.context.disclose(customer_id, category)

    def value(self, name: str, customer_id: CustomerId, **arguments: object) -> Any:
        """What was loaded for this field and these arguments (named as in GraphQL); None for none.

        Raises KeyError where the list forgot to load its level: a bug, found by any query.
        """
        return self._loaded[_key(name, arguments)].get(customer_id)

    async def load(
        self,
        info: RawInfo,
        loaders: Mapping[str, Loader],
        customer_ids: Sequence[CustomerId],
    ) -> None:
        """Loads everything that the selection below the current field asks of customers."""
        wanted = _remembered(self.context, info, loaders)
        if not wanted:
            return

        async def one(key: Key, arguments: Mapping[str, Any]) -> None:
            self._loaded[key] = await loaders[key[0]](self.context, customer_ids, arguments)

        try:
            async with asyncio.TaskGroup() as group:
                for key, arguments in wanted.items():
                    group.create_task(one(key, arguments))
        except ExceptionGroup as group_of_one:
            raise group_of_one.exceptions[0] from None


def _key(name: str, arguments: Mapping[str, object]) -> Key:
    if not arguments:
        return name, ()
    given = [(each, _frozen(value)) for each, value in arguments.items() if value is not None]
    given.sort()
    return name, tuple(given)


def _frozen(value: Any) -> object:
    return tuple(cast("list[object]", value)) if isinstance(value, list) else value


def variables(info: RawInfo) -> VariableValues:
    """The variables as graphql-core's own functions want them: strawberry hands on a plain dict."""
    given: Any = info.variable_values
    return given if isinstance(given, VariableValues) else VariableValues({}, given)


def _remembered(
    context: Context, info: RawInfo, loaders: Mapping[str, Loader]
) -> Mapping[Key, Mapping[str, Any]]:
    """What is wanted, worked out once for all requests, where no variable has a say in it."""
    node, memory = info.field_nodes[0], context.memory
    # one field may show customers and accounts, whose loaders differ (`node`); the ids are nobody
    # else's while the document and the loaders are kept, which the memory does
    place = id(node), id(loaders)
    alone = len(info.field_nodes) == 1
    if alone and place not in memory and len(memory) < _MOST_REMEMBERED:
        found = None if _varies(info, node) else dict(_wanted(info, loaders))
        memory[place] = loaders, found
    # what is asked in several places depends on which of them are asked this time
    _, known = memory.get(place, _UNKNOWN) if alone else _UNKNOWN
    return dict(_wanted(info, loaders)) if known is None else known


def _varies(info: RawInfo, node: FieldNode) -> bool:
    """Whether a variable may be in what is selected below the field."""
    below = [node.selection_set] if node.selection_set else []
    return any("$" in print_ast(each) for each in (*below, *info.fragments.values()))


def _wanted(info: RawInfo, loaders: Mapping[str, Loader]) -> Iterator[Wanted]:
    untyped: Any = info  # graphql-core leaves the parameter of its types open
    for node in info.field_nodes:
        if node.selection_set:
            parent = cast("Any", get_named_type)(untyped.return_type)
            yield from _below(info, parent, node.selection_set, loaders)


def _below(
    info: RawInfo,
    parent: Any,
    selections: SelectionSetNode,
    loaders: Mapping[str, Loader],
) -> Iterator[Wanted]:
    for node in selections.selections:
        if node.directives and not _included(node, variables(info)):
            continue
        if isinstance(node, FieldNode):
            yield from _field(info, parent, node, loaders)
            continue
        fragment: Any = node
        if isinstance(node, FragmentSpreadNode):
            fragment = info.fragments[node.name.value]
        condition = fragment.type_condition
        narrowed = info.schema.get_type(condition.name.value) if condition else parent
        yield from _below(info, narrowed, fragment.selection_set, loaders)


def _field(
    info: RawInfo, parent: Any, node: FieldNode, loaders: Mapping[str, Loader]
) -> Iterator[Wanted]:
    name = node.name.value
    # what belongs to one customer each (their loyalty account) may have fields of its own to load
    name = name if parent.name == _CUSTOMER else f"{parent.name}.{name}"
    # most fields are neither loaded nor have anything below
    if name not in loaders and not node.selection_set:
        return
    if not isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
        return
    definition = parent.fields.get(node.name.value)
    if definition is None:
        return
    if name in loaders:
        arguments = get_argument_values(definition, node, variables(info))
        yield _key(name, arguments), arguments
    if node.selection_set:
        yield from _below(info, get_named_type(definition.type), node.selection_set, loaders)


def _included(node: Any, given: VariableValues) -> bool:
    skip = get_directive_values(GraphQLSkipDirective, node, given)
    include = get_directive_values(GraphQLIncludeDirective, node, given)
    return not (skip and skip["if"]) and not (include and not include["if"])


@strawberry.interface(description="Anything that has an id of its own.")
class Node:
    id: strawberry.ID = attribute("The id, which `node` finds it by.", unmarked="an id alone")


@strawberry.type
class Row(Node):
    """A customer as one row of a list; what subjects add to Customer inherits from it."""

    level: strawberry.Private[Level]

    @property
    def customer_id(self) -> CustomerId:
        """The row's id, typed."""
        return CustomerId(str(self.id))
