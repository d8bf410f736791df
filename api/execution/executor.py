"""graphql-core's executor, which leaves to plans what they can complete."""

from typing import Any

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

    # what has members or items is completed by one of these three, whatever wraps it
    complete_list_value = _after_plans("complete_list_value")
    complete_object_value = _after_plans("complete_object_value")
    complete_abstract_value = _after_plans("complete_abstract_value")
