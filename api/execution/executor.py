"""graphql-core's executor, which leaves to plans what they can complete."""

from typing import Any

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
