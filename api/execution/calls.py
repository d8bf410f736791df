"""Fields whose resolvers wait, called as Strawberry calls them, without its way there.

For every call Strawberry looks up names and types of the arguments again, and goes through a
function for each thing that may be around a resolver: extensions, handlers, what must be awaited.
For a field without extensions all that comes down to one call and one await.
"""

from collections.abc import Mapping
from typing import Any, cast

from graphql import GraphQLError, GraphQLField
from graphql.execution.collect_fields import FieldDetails
from graphql.execution.values import VariableValues
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField
from strawberry.utils.await_maybe import await_maybe

from api.execution.arguments import Arguments
from api.execution.values import DEFINITION

Details = list[FieldDetails]


def call(field: GraphQLField, details: Details, converter: GraphQLCoreConverter) -> "Call | None":
    """How the field is called at this place of a query; None where only Strawberry can."""
    definition: Any = field.extensions.get(DEFINITION)
    if not isinstance(definition, StrawberryField) or definition.extensions:
        return None
    waits = definition.is_async and not definition.is_subscription
    plain = not any(each.out_name for each in field.args.values()) and not any(
        each.fragment_variable_values for each in details
    )
    return Call(field, details, definition, converter) if waits and plain else None


class Call:
    """One field at one place of a query."""

    def __init__(
        self,
        field: GraphQLField,
        details: Details,
        definition: StrawberryField,
        converter: GraphQLCoreConverter,
    ) -> None:
        self.field = field
        self.kind: Any = cast("Any", field).type
        self.nodes = [each.node for each in details]
        self._definition = definition
        self._arguments = Arguments(field, self.nodes[0], converter)
        self._info_class = converter.config.info_class
        # the same for every request, and nowhere else to be had
        private: Any = converter
        self._handlers = private._get_field_exception_handlers(definition)  # noqa: SLF001
        resolver: Any = cast("Any", definition).base_resolver
        self._takes_self = resolver.self_parameter is not None
        self._takes_source = [
            each.name for each in (resolver.parent_parameter, resolver.root_parameter) if each
        ]
        self._takes_info = resolver.info_parameter.name if resolver.info_parameter else None

    def given(self, values: VariableValues) -> Mapping[str, Any] | None:
        """The arguments; None where they are not what they should be."""
        try:
            return self._arguments.given(values)
        except GraphQLError:
            return None

    async def value(self, source: Any, raw_info: Any, given: Mapping[str, Any]) -> Any:
        """What the resolver returns, or what a handler makes of the exception it raises."""
        info = self._info_class(_raw_info=raw_info, _field=self._definition)
        try:
            named = self._arguments.converted(given, info)
            for name in self._takes_source:
                named[name] = source
            if self._takes_info is not None:
                named[self._takes_info] = info
            placed = [source] if self._takes_self else []
            found: Any = self._definition.get_result(source, info, placed, named)
            return await await_maybe(found)
        except Exception as error:
            handled = await self._handled(error, info)
            if handled is None:
                raise
            return handled

    async def _handled(self, error: Exception, info: Any) -> Any:
        for kinds, handler in self._handlers:
            if isinstance(error, kinds):
                return await await_maybe(handler.handle(error, field=self._definition, info=info))
        return None
