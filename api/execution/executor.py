"""graphql-core's executor, which leaves to plans and calls what they can do."""

from typing import Any

from graphql import GraphQLError, OperationType
from graphql.pyutils import Path
from graphql.type.definition import GraphQLResolveInfoHelpers
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from api.execution.plans import UNPLANNED, Plans


def _after_plans(name: str) -> Any:
    """The method of that name, which asks for a plan first."""
    reference: Any = getattr(StrawberryGraphQLCoreExecutionContext, name)

    def complete(
        self: "Executor",
        return_type: Any,
        field_details_list: Any,
        info: Any,
        path: Any,
        result: Any,
        position_context: Any,
    ) -> Any:
        if self.plans is not None:
            done = self.plans.completed(self, return_type, field_details_list, result)
            if done is not UNPLANNED:
                return done
        return reference(
            self, return_type, field_details_list, info, path, result, position_context
        )

    return complete


class Executor(StrawberryGraphQLCoreExecutionContext):
    """Executes one request. Without ``plans`` it is Strawberry's own."""

    plans: Plans | None = None

    @property
    def async_helpers(self) -> GraphQLResolveInfoHelpers:
        """Made anew for whoever asks.

        Kept, they and the executor hold each other, and with them all that a request has made
        waits for the garbage collector, which stops everybody else.
        """
        return GraphQLResolveInfoHelpers(self.gather_async_work, self.track_async_work)

    @async_helpers.setter
    def async_helpers(  # pyright: ignore[reportIncompatibleVariableOverride]  # only read elsewhere
        self, _: GraphQLResolveInfoHelpers
    ) -> None:
        return

    # what has members or items is completed by one of these three, whatever wraps it
    complete_list_value = _after_plans("complete_list_value")
    complete_object_value = _after_plans("complete_object_value")
    complete_abstract_value = _after_plans("complete_abstract_value")

    def answered(self) -> Any:
        """The answer to the operation, or what it can be awaited of."""
        core: Any = self
        known = self.plans.selected(self) if self.plans is not None else None
        if known is None:
            return core.execute_operation()
        try:
            data = self._data(*known)
        except GraphQLError as error:
            return self._refused(error)
        return self._awaited(data) if core.is_awaitable(data) else core.build_response(data)

    async def _awaited(self, data: Any) -> Any:
        core: Any = self
        try:
            return core.build_response(await data)
        except GraphQLError as error:
            return self._refused(error)

    def _refused(self, error: GraphQLError) -> Any:
        core: Any = self
        core.collected_errors.add(error, None)
        return core.build_response(None)

    def _data(self, kind: Any, fields: Any) -> Any:
        core: Any = self
        if len(fields) != 1:
            serially = self.operation.operation is OperationType.MUTATION
            return core.execute_collected_root_fields(kind, self.root_value, fields, serially, ())
        # most operations ask for one thing, and there is nothing to be brought together
        [(key, details)] = fields.items()
        path = Path(None, key, kind.name)
        value = self.execute_field(kind, self.root_value, details, path, None)
        return _later(key, value) if core.is_awaitable(value) else {key: value}

    def execute_field(
        self,
        parent_type: Any,
        source: Any,
        field_details_list: Any,
        path: Path,
        position_context: Any,
    ) -> Any:
        """The field's completed value, by a direct call where there is one."""
        core: Any = self
        calls, details = self.plans, field_details_list
        call = calls.call(self, parent_type, details) if calls is not None else None
        given = call.given(self.variable_values) if call is not None else None
        if call is None or given is None:
            # what cannot be read is told by graphql-core
            return super().execute_field(parent_type, source, details, path, position_context)
        info = core.build_resolve_info(call.field, call.nodes, parent_type, path)
        value = call.value(source, info, given)
        return core.complete_awaitable_value(
            call.kind, details, info, path, value, position_context
        )


async def _later(key: str, value: Any) -> dict[str, Any]:
    return {key: await value}
