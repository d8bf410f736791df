"""Puts the prepared operation before Strawberry, so that it neither parses nor validates again."""

from collections.abc import Iterator
from typing import Any

import structlog
from strawberry.extensions import SchemaExtension

from api.execution.admission import Admission, admit
from api.execution.limits import Limits
from api.execution.prepared import Prepared


def announce(prepared: Prepared, context: Any) -> None:
    """Tells the context, for the access log, and the log lines of the request what is asked.

    The context gets ``memory`` too, where resolvers keep what they worked out of the operation.
    """
    context.operation = prepared.label
    context.memory = prepared.memory
    structlog.contextvars.bind_contextvars(operation=prepared.label)


class Preparing(SchemaExtension):
    """What Strawberry executes itself is prepared and admitted as everything else.

    Tells every answer what it cost.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._admission = Admission()

    def on_operation(self) -> Iterator[None]:
        context: Any = self.execution_context
        if context.query:
            # of the schema that serves: a copy of it may trust other documents
            prepared = context.schema.operations.get(context.query, context.operation_name)
            announce(prepared, context.context)
            held, variables = context.context.caller.scopes, dict[str, Any](context.variables or {})
            self._admission = admit(prepared, variables, held, self._limits)
            context.graphql_document = prepared.document
            # an empty list means: validated, nothing found
            errors = list(self._admission.errors)
            if prepared.operation is not None and not errors:
                errors = prepared.operation.refused(variables)
            context.pre_execution_errors = errors
        yield

    def get_results(self) -> dict[str, Any]:
        """``extensions.cost``, also of a query that was refused for it."""
        return dict(self._admission.extensions or {})
