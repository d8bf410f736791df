"""graphql-core's executor, which leaves to plans what they can complete."""

from typing import Any

from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from api.execution.plans import UNPLANNED, Plans


class Executor(StrawberryGraphQLCoreExecutionContext):
    """Executes one request. Without ``plans`` it is Strawberry's own.

    What has members or items is completed by one of three methods, whatever wraps it; each of them
    asks for a plan first.
    """

    plans: Plans | None = None

    def complete_list_value(
        self,
        return_type: Any,
        field_details_list: Any,
        info: Any,
        path: Any,
        result: Any,
        position_context: Any,
    ) -> Any:
        if (done := self._planned(return_type, field_details_list, result)) is not UNPLANNED:
            return done
        reference: Any = super()
        return reference.complete_list_value(
            return_type, field_details_list, info, path, result, position_context
        )

    def complete_object_value(
        self,
        return_type: Any,
        field_details_list: Any,
        info: Any,
        path: Any,
        result: Any,
        position_context: Any,
    ) -> Any:
        if (done := self._planned(return_type, field_details_list, result)) is not UNPLANNED:
            return done
        reference: Any = super()
        return reference.complete_object_value(
            return_type, field_details_list, info, path, result, position_context
        )

    def complete_abstract_value(
        self,
        return_type: Any,
        field_details_list: Any,
        info: Any,
        path: Any,
        result: Any,
        position_context: Any,
    ) -> Any:
        if (done := self._planned(return_type, field_details_list, result)) is not UNPLANNED:
            return done
        reference: Any = super()
        return reference.complete_abstract_value(
            return_type, field_details_list, info, path, result, position_context
        )

    def _planned(self, kind: Any, details: Any, value: Any) -> Any:
        if self.plans is None:
            return UNPLANNED
        return self.plans.completed(self, kind, details, value)
