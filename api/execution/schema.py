"""A Strawberry schema that takes queries in, and lets answers out, as this package promises."""

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import aclosing
from copy import copy
from typing import Any, Final, NoReturn

import strawberry
from graphql import DocumentNode, GraphQLError, GraphQLSchema, specified_rules
from graphql import ExecutionResult as GraphQLResult
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import validate_document
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.execution import PreExecutionError

from api.execution.admission import admit
from api.execution.auditing import Auditor
from api.execution.limits import Limits
from api.execution.masking import internal, log_bug, masked
from api.execution.operation import Compiler
from api.execution.prepared import PreparedOperations
from api.execution.preparing import Preparing, announce
from api.execution.readers import make_readers

_DEFAULTS = Limits()
_PLAIN: Final = {"operation_name", "operation_extensions"}


class Schema(strawberry.Schema):
    """Prepared operations, limits, the access log and masks are part of it: none can be forgotten.

    The context needs ``caller``, ``request_id``, ``operation``, ``memory`` and ``disclosures``, as
    ``api.context.Context`` has them. Without an auditor a schema can be printed, not asked.
    Where ``engine`` is off Strawberry executes everything: slower, to the same answers.
    """

    engine = True

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
            extensions=[lambda: Preparing(limits), *extensions],
            **more,
        )
        made = (each.definition for each in self.schema_converter.type_map.values())
        make_readers(made, self.config)
        self.limits = limits
        self.compiler = Compiler(self._schema, self.schema_converter)
        self.operations = PreparedOperations(self.compiler, _validate, limits)
        # what others add wants to be asked at every step, so then Strawberry executes
        self._is_plain = len(self.extensions) == 1
        self.auditor: Auditor | None = None

    def audited_by(self, auditor: Auditor) -> "Schema":
        """The same schema, with the access log it needs to answer; they share what is prepared."""
        audited = copy(self)
        audited.auditor = auditor
        return audited

    def trusting(self, documents: Mapping[str, str], *, only: bool = False) -> "Schema":
        """The same schema with these documents prepared; with ``only`` it executes no others.

        Raises ManifestUnfit.
        """
        trusting = copy(self)
        trusting.operations = self.operations.trusting(documents, only=only)
        return trusting

    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any | None = None,
        *rest: Any,
        **named: Any,
    ) -> ExecutionResult:
        """The answer, after the access log holds what it discloses; bugs are masked."""
        if self.engine and self._is_plain and query and not rest and named.keys() <= _PLAIN:
            result = await self._executed(query, variable_values, context_value, **named)
        else:
            result = await super().execute(query, variable_values, context_value, *rest, **named)
        await self._let_out(result, context_value)
        return result

    async def _executed(
        self,
        query: str,
        variables: dict[str, Any] | None,
        context: Any,
        *,
        operation_name: str | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        """What Strawberry would answer, without what it asks of extensions that are not there."""
        told: dict[str, Any] = {}
        try:
            prepared = self.operations.get(query, operation_name)
            announce(prepared, context)
            admission = admit(prepared, variables or {}, context.caller.scopes, self.limits)
            told = dict(admission.extensions or {})
            if admission.errors or prepared.operation is None:
                return PreExecutionError(None, list(admission.errors), told)
            done = prepared.operation.execute(variables, context, None, operation_extensions)
            answer = done if isinstance(done, GraphQLResult) else await done
        except Exception as error:  # noqa: BLE001 - masked and logged on its way out
            return PreExecutionError(None, [_located(error)], told)
        return ExecutionResult(answer.data, answer.errors, told)

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


def _located(error: Exception) -> GraphQLError:
    if isinstance(error, GraphQLError):
        return error
    return GraphQLError(str(error), original_error=error)


def _validate(schema: GraphQLSchema, document: DocumentNode) -> list[GraphQLError]:
    return validate_document(schema, document, tuple(specified_rules))
