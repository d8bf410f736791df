"""A Strawberry schema that takes queries in, and lets answers out, as this package promises."""

from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from copy import copy
from typing import Any, NoReturn

import strawberry
from graphql import DocumentNode, GraphQLError, GraphQLSchema, specified_rules
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import validate_document
from strawberry.types import ExecutionContext, ExecutionResult

from api.execution.auditing import Auditor
from api.execution.limits import Limits
from api.execution.masking import internal, log_bug, masked
from api.execution.prepared import PreparedOperations
from api.execution.preparing import Preparing
from api.execution.readers import make_readers

_DEFAULTS = Limits()


class Schema(strawberry.Schema):
    """Prepared operations, limits, the access log and masks are part of it: none can be forgotten.

    The context needs ``caller``, ``request_id``, ``operation`` and ``disclosures``, as
    ``api.context.Context`` has them. Without an auditor a schema can be printed, not asked.
    """

    def __init__(
        self,
        query: type,
        mutation: type | None = None,
        *,
        limits: Limits = _DEFAULTS,
        extensions: Iterable[type[SchemaExtension]] = (),
        **more: Any,
    ) -> None:
        """``more`` is handed to Strawberry's own Schema."""
        # Strawberry leaves the parameter of its directives open
        super().__init__(  # pyright: ignore[reportUnknownMemberType]
            query,
            mutation,
            extensions=[lambda: Preparing(self.operations, limits), *extensions],
            **more,
        )
        made = (each.definition for each in self.schema_converter.type_map.values())
        make_readers(made, self.config)
        self.limits = limits
        self.operations = PreparedOperations(self._schema, _validate, limits)
        self.auditor: Auditor | None = None

    def audited_by(self, auditor: Auditor) -> "Schema":
        """The same schema, with the access log it needs to answer; they share what is prepared."""
        audited = copy(self)
        audited.auditor = auditor
        return audited

    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any | None = None,
        *rest: Any,
        **named: Any,
    ) -> ExecutionResult:
        """The answer, after the access log holds what it discloses; bugs are masked."""
        result = await super().execute(query, variable_values, context_value, *rest, **named)
        await self._let_out(result, context_value)
        return result

    async def stream(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any | None = None,
        *rest: Any,
        **named: Any,
    ) -> AsyncGenerator[Any, None]:
        """The same for each result of a stream; subscriptions over any transport come here too."""
        results = await super().stream(query, variable_values, context_value, *rest, **named)
        return self._each_let_out(results, context_value)

    def execute_sync(self, *arguments: Any, **named: Any) -> NoReturn:
        """Would let answers out without the access log."""
        raise NotImplementedError("Await execute: the access log is written asynchronously.")

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Says nothing here: Strawberry's own log would quote values of persons."""

    async def _each_let_out(
        self, results: AsyncGenerator[Any, None], context: Any
    ) -> AsyncGenerator[Any, None]:
        async with aclosing(results):
            async for result in results:
                await self._let_out(result, context)
                yield result

    async def _let_out(self, result: Any, context: Any) -> None:
        request_id: str = context.request_id
        result.errors = [masked(error, request_id) for error in result.errors or ()] or None
        try:
            if self.auditor is None:
                raise RuntimeError("This schema was made without an auditor.")  # noqa: TRY301
            await self.auditor.record(context)
        except Exception as error:  # noqa: BLE001 - whatever it is, the answer must not leave
            log_bug(error, request_id, path=["access log"])
            result.data, result.errors = None, [internal(request_id)]


def _validate(schema: GraphQLSchema, document: DocumentNode) -> list[GraphQLError]:
    return validate_document(schema, document, tuple(specified_rules))
