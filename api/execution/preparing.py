"""Puts the prepared operation before Strawberry, so that it neither parses nor validates again."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Any

import structlog
from graphql import GraphQLError
from strawberry.extensions import SchemaExtension

from api.execution.inputs import heavier_than, nested_beyond
from api.execution.limits import Limits, input_too_deep, input_too_large, too_costly
from api.execution.prepared import Prepared, PreparedOperations
from api.refusals import nothing_written


class Preparing(SchemaExtension):
    """Refuses what is invalid, beyond the limits, or a mutation whose scopes the caller lacks.

    Tells every answer what it cost. The operation's name goes to the context (``operation``) and
    to the log lines of the request.
    """

    def __init__(self, operations: PreparedOperations, limits: Limits) -> None:
        self._operations = operations
        self._limits = limits
        self._cost: int | None = None

    def on_operation(self) -> Iterator[None]:
        context = self.execution_context
        if context.query:
            prepared = self._operations.get(context.query, context.operation_name)
            context.graphql_document = prepared.document
            # an empty list means: validated, nothing found
            held, variables = context.context.caller.scopes, context.variables or {}
            context.pre_execution_errors = self._refusals(prepared, variables, held)
            context.context.operation = prepared.label
            structlog.contextvars.bind_contextvars(operation=prepared.label)
        yield

    def _refusals(
        self, prepared: Prepared, variables: dict[str, Any], held: AbstractSet[str]
    ) -> list[GraphQLError]:
        if prepared.errors:
            return list(prepared.errors)
        if nested_beyond(variables, self._limits.input_depth):
            return [input_too_deep(self._limits)]
        if heavier_than(variables, self._limits.input_size):
            return [input_too_large(self._limits)]
        self._cost = prepared.cost.value(variables)
        if self._cost > self._limits.cost:
            return [too_costly(self._limits, self._cost)]
        lack = prepared.needs.lack(held, variables)
        return [nothing_written(lack.scopes, lack.path)] if lack else []

    def get_results(self) -> dict[str, Any]:
        """``extensions.cost``, also of a query that was refused for it."""
        if self._cost is None:
            return {}
        return {"cost": {"requested": self._cost, "limit": self._limits.cost}}
