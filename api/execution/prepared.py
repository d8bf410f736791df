"""Operations prepared once: parsed, validated and measured, then found again by their text."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    NameNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    parse,
)

from api.execution.cost import cost
from api.execution.documents import ManifestUnfit
from api.execution.emitting import Room
from api.execution.limits import Limits, too_costly, too_deep, too_long, too_many_aliases
from api.execution.needs import Needs, needs
from api.execution.operation import Compiler, Operation
from api.execution.shape import shape
from api.execution.terms import Term
from api.refusals import Refusal, RefusalCode

Validate = Callable[[GraphQLSchema, DocumentNode], list[GraphQLError]]

# measured: a parsed document takes 160 to 200 bytes for each character of its text, and a line of
# a plan 170 to 250; a page of customers has one line for three to five characters of its query
_LINES_AN_ENTRY: Final = 50
_BYTES_A_LINE: Final = 250
_BYTES_A_CHARACTER: Final = 200 + _BYTES_A_LINE
_BYTES_AN_ENTRY: Final = 4_096 + _LINES_AN_ENTRY * _BYTES_A_LINE
_FREE: Final = Term()
_NOTHING: Final = Needs()
_LABEL_LENGTH: Final = 120
_INVALID: Final = "invalid"


@dataclass(frozen=True, slots=True)
class Prepared:
    """An operation ready to run, or with everything that forbids it.

    ``label`` says for logs what is asked, in names of the schema and the operation's own.
    ``operation`` executes it; None where errors forbid that. ``memory`` is for resolvers, who may
    keep there what follows from the document alone, whoever asks and with whatever variables.
    """

    document: DocumentNode
    label: str
    operation: Operation | None = None
    errors: tuple[GraphQLError, ...] = ()
    cost: Term = _FREE
    needs: Needs = _NOTHING
    memory: dict[object, Any] = field(default_factory=dict[object, Any])


class PreparedOperations:
    """The operations met lately. Bounded in number and in (estimated) bytes; least used go first.

    The key is the text with the operation's name, so that a repeated query costs one look-up.
    """

    def __init__(
        self,
        compiler: Compiler,
        validate: Validate,
        limits: Limits,
        *,
        entries: int = 1_000,
        size: int = 32 * 1024 * 1024,
    ) -> None:
        self._schema = compiler.schema
        self._compiler = compiler
        self._validate = validate
        self._limits = limits
        self._entries = entries
        self._room = self._size = size
        self._kept: OrderedDict[tuple[str, str | None], Prepared] = OrderedDict()
        self._trusted: dict[tuple[str, str | None], Prepared] = {}
        self._only_trusted = False

    def trusting(self, texts: Mapping[str, str], *, only: bool) -> "PreparedOperations":
        """Others, which begin with these, prepared and never forgotten; with ``only`` no more.

        Raises ManifestUnfit where one is invalid, beyond the limits, or holds several operations.
        """
        made = PreparedOperations(
            self._compiler, self._validate, self._limits, entries=self._entries, size=self._size
        )
        for known_as, text in texts.items():
            prepared = made._prepare(text, None)
            refusal = prepared.errors[0] if prepared.errors else made._always_too_costly(prepared)
            if refusal is not None:
                raise ManifestUnfit(f"{known_as}: {refusal.message}")
            own = _operation(prepared.document, None).name
            for name in (None, *([own.value] if own else [])):
                made._trusted[text, name] = prepared
        made._only_trusted = only
        return made

    def _always_too_costly(self, prepared: Prepared) -> GraphQLError | None:
        """The refusal of what costs too much whatever its variables, which say how many rows."""
        declared = _operation(prepared.document, None).variable_definitions or ()
        least = prepared.cost.value({each.variable.name.value: 0 for each in declared})
        return too_costly(self._limits, least) if least > self._limits.cost else None

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, query: str, name: str | None) -> Prepared:
        """The operation, prepared now or before."""
        key = (query, name)
        if (trusted := self._trusted.get(key)) is not None:
            return trusted
        found = self._kept.get(key)
        if found is None and self._only_trusted:
            return _not_trusted(name)
        if found is None:
            found = self._prepare(query, name)
            self._keep(key, found)
        else:
            self._kept.move_to_end(key)
        return found

    def _keep(self, key: tuple[str, str | None], prepared: Prepared) -> None:
        needed = _bytes(key)
        if needed > self._size:
            return
        self._kept[key] = prepared
        self._room -= needed
        while self._room < 0 or len(self._kept) > self._entries:
            oldest, _ = self._kept.popitem(last=False)
            self._room += _bytes(oldest)

    def _prepare(self, query: str, name: str | None) -> Prepared:
        try:
            return self._examined(query, name)
        except GraphQLError as error:
            return Prepared(_stand_in(name), _INVALID, errors=(_coded(error),))
        except RecursionError:
            return Prepared(_stand_in(name), _INVALID, errors=(too_deep(self._limits),))

    def _examined(self, query: str, name: str | None) -> Prepared:
        document = self._parsed(query)
        operation = _operation(document, name)
        measured = shape(document, operation.selection_set)
        if measured.depth > self._limits.depth:
            raise too_deep(self._limits, measured.depth)
        # before validation, whose time grows with the square of what is repeated
        if measured.aliases > self._limits.aliases:
            raise too_many_aliases(self._limits, measured.aliases)
        errors = tuple(_coded(error) for error in self._validate(self._schema, document))
        if errors:
            return Prepared(document, _INVALID, errors=errors)
        return Prepared(
            document,
            _label(operation),
            Operation(document, operation, self._compiler, Room(_LINES_AN_ENTRY + len(query))),
            cost=cost(self._schema, document, operation),
            needs=needs(self._schema, document, operation),
        )

    def _parsed(self, query: str) -> DocumentNode:
        try:
            return parse(query, max_tokens=self._limits.tokens)
        except GraphQLSyntaxError as error:
            if "Parsing aborted" not in error.message:
                raise
            # given up for one of the parser's own limits
            refuse = too_deep if "nested" in error.message else too_long
            raise refuse(self._limits) from None


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    found = [
        each
        for each in document.definitions
        if isinstance(each, OperationDefinitionNode)
        and (name is None or (each.name is not None and each.name.value == name))
    ]
    if not found:
        message = (
            "The document has no operation of that name." if name else "There is no operation."
        )
        raise Refusal(RefusalCode.QUERY_INVALID, message)
    if name is None and len(found) > 1:
        message = "There are several operations: say which with `operationName`."
        raise Refusal(RefusalCode.QUERY_INVALID, message)
    return found[0]


def _label(operation: OperationDefinitionNode) -> str:
    fields = {
        each.name.value: None
        for each in operation.selection_set.selections
        if isinstance(each, FieldNode)
    }
    name = f" {operation.name.value}" if operation.name else ""
    return f"{operation.operation.value}{name}: {', '.join(fields)}"[:_LABEL_LENGTH]


def _coded(error: GraphQLError) -> GraphQLError:
    if not isinstance(error, Refusal):
        error.extensions = {"code": RefusalCode.QUERY_INVALID.value}
    # kept for long: the frames that raised it must not be kept with it
    error.__context__ = None
    return error.with_traceback(None)


def _stand_in(name: str | None) -> DocumentNode:
    """What stands for a text that holds no operation to run: a query that is never executed."""
    field = FieldNode(name=NameNode(value="__typename"))
    operation = OperationDefinitionNode(
        operation=OperationType.QUERY,
        name=NameNode(value=name) if name else None,
        selection_set=SelectionSetNode(selections=(field,)),
    )
    return DocumentNode(definitions=(operation,))


def _bytes(key: tuple[str, str | None]) -> int:
    return _BYTES_AN_ENTRY + _BYTES_A_CHARACTER * len(key[0])


def _not_trusted(name: str | None) -> Prepared:
    message = "Only operations of the shop's manifest are executed here: ask for one by its id."
    refusal = Refusal(RefusalCode.QUERY_NOT_TRUSTED, message)
    return Prepared(_stand_in(name), _INVALID, errors=(refusal,))
