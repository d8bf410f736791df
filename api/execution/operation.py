"""One operation of a document, taken apart once, and executed for every request that asks it."""

from collections.abc import Awaitable, Iterator, Mapping
from typing import Any, Final

from graphql import (
    DirectiveNode,
    DocumentNode,
    ExecutionResult,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    visit,
)
from graphql.execution import executor as core
from graphql.execution.collect_fields import FragmentDetails
from graphql.execution.values import VariableValues, get_variable_values
from strawberry.execution.is_awaitable import optimized_is_awaitable
from strawberry.schema.schema_converter import GraphQLCoreConverter

from api.execution.coercing import Coercers, Variables
from api.execution.emitting import Room
from api.execution.executor import Executor
from api.execution.misfits import misfits, unfit
from api.execution.plans import Plans

_MOST_CHOICES: Final = 8
_MOST_ERRORS: Final = 50
_CORE: Any = core
_DEFAULTS: Final[tuple[Any, ...]] = (
    _CORE.default_field_resolver,
    _CORE.default_type_resolver,
    _CORE.default_field_resolver,
)


class Compiler:
    """What plans are written for: a schema. Counts how often one did not fit.

    An operation gets plans after it was executed ``patience`` times without: what is asked once
    only, as by people who explore, is not worth writing a plan for.
    """

    def __init__(self, schema: GraphQLSchema, converter: GraphQLCoreConverter) -> None:
        self.schema = schema
        self.converter = converter
        self.coercers = Coercers()
        self.patience = 1
        self.deoptimised = 0

    def plans(self, room: Room) -> Plans:
        """None written yet."""
        return Plans(self.converter, room, self._deoptimised)

    def _deoptimised(self) -> None:
        self.deoptimised += 1


class Operation:
    """Executes the operation, by plans as soon as there are any."""

    def __init__(
        self,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        compiler: Compiler,
        room: Room,
    ) -> None:
        """All its plans together take no more than ``room``."""
        self._room = room
        self._operation = operation
        self._compiler = compiler
        self._named = {
            each.name.value: each
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        self._fragments = {name: FragmentDetails(each, None) for name, each in self._named.items()}
        self._declared = operation.variable_definitions or ()
        self._variables = Variables(compiler.schema, self._declared, compiler.coercers)
        self._switches = tuple(dict.fromkeys(_switches(document)))
        self._plans: dict[tuple[object, ...], Plans] = {}
        self._executed = 0

    @property
    def plans_written(self) -> int:
        """How many subtrees are completed by plans by now."""
        return sum(map(len, self._plans.values()))

    def refused(self, variables: Mapping[str, Any] | None) -> list[GraphQLError]:
        """What of the variables does not fit, for who executes the operation himself."""
        values = self._coerced(dict(variables or {}))
        return values if isinstance(values, list) else []

    def execute(
        self, variables: Mapping[str, Any] | None, context: Any, root: Any, extensions: Any
    ) -> ExecutionResult | Awaitable[ExecutionResult]:
        """The answer, as graphql-core's own ``execute`` would give it."""
        values = self._coerced(dict(variables) if variables else {})
        if isinstance(values, list):
            return ExecutionResult(None, values)
        executor: Any = Executor(
            self._compiler.schema,
            self._named,
            self._fragments,
            root,
            context,
            self._operation,
            values,
            *_DEFAULTS,
            is_awaitable=optimized_is_awaitable,
            operation_extensions=extensions,
        )
        executor.plans = self._chosen(values)
        answer: ExecutionResult | Awaitable[ExecutionResult] = executor.answered()
        return answer

    def _coerced(self, given: dict[str, Any]) -> VariableValues | list[GraphQLError]:
        try:
            return self._variables.coerced(given)
        except Exception:  # noqa: BLE001 - whatever it was, it is found again and named
            return self._named_errors(given)

    def _named_errors(self, given: dict[str, Any]) -> VariableValues | list[GraphQLError]:
        schema = self._compiler.schema
        values = get_variable_values(schema, self._declared, given, _MOST_ERRORS)
        if isinstance(values, list):
            # graphql-core's own would quote the values
            return misfits(schema, self._declared, given) or [unfit()]
        return values

    def _chosen(self, values: VariableValues) -> Plans | None:
        """The plans for what the directives include this time."""
        if self._executed < self._compiler.patience:
            self._executed += 1
            return None
        choice = tuple([values.coerced.get(each) for each in self._switches])
        found = self._plans.get(choice)
        if found is None and len(self._plans) < _MOST_CHOICES:
            found = self._plans[choice] = self._compiler.plans(self._room)
        return found


class _Switches(Visitor):
    """The variables that ``@skip`` and ``@include`` look at."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        self.found.extend(
            each.value.name.value
            for each in node.arguments or ()
            if isinstance(each.value, VariableNode)
        )


def _switches(document: DocumentNode) -> Iterator[str]:
    visitor = _Switches()
    visit(document, visitor)
    return iter(visitor.found)
