"""What is known of one operation: found out when it is first needed, and used from then on."""

from collections.abc import Callable
from typing import Any, Final

from graphql import GraphQLObjectType
from graphql.execution.collect_fields import GroupedFieldSet, collect_fields
from strawberry.schema.schema_converter import GraphQLCoreConverter

from api.execution.calls import Call, call
from api.execution.emitting import Details, Plan, Room, write

Selected = tuple[GraphQLObjectType, GroupedFieldSet]
"""The root type and what is asked of it."""

_LINES_A_CALL: Final = 4
_LINES_A_FIELD: Final = 1

UNPLANNED: Final = object()
"""There is no plan, or it did not fit: graphql-core has to complete the value."""


class Plans:
    """For one operation and one choice of what its directives include.

    Whoever holds them holds the operation's document too: plans are found by the identity of its
    nodes.
    """

    def __init__(
        self, converter: GraphQLCoreConverter, room: Room, deoptimised: Callable[[], None]
    ) -> None:
        self._converter = converter
        self._room = room
        self._deoptimised = deoptimised
        self._written: dict[tuple[Any, ...], Plan | None] = {}
        self._calls: dict[tuple[Any, ...], Call | None] = {}
        self._selected: Any = UNPLANNED

    def __len__(self) -> int:
        """How many there are: what has none does not count."""
        return sum(plan is not None for plan in self._written.values())

    def completed(self, executor: Any, kind: Any, details: Details, value: Any) -> Any:
        """The value completed, or ``UNPLANNED``."""
        key = (kind, *[id(each.node) for each in details])
        try:
            plan = self._written[key]
        except KeyError:
            plan = self._written[key] = write(kind, details, executor, self._converter, self._room)
        if plan is None:
            return UNPLANNED
        try:
            return plan(value, executor)
        except Exception:  # noqa: BLE001 - graphql-core meets it again, and reports it
            self._deoptimised()
            return UNPLANNED

    def call(self, executor: Any, parent: GraphQLObjectType, details: Any) -> Call | None:
        """How the field is called; None where graphql-core has to find out."""
        # all of them: merged with others a field is asked for more, and its resolver may look
        key = (parent, *[id(each.node) for each in details])
        try:
            return self._calls[key]
        except KeyError:
            return self._calls.setdefault(key, self._called(executor, parent, details))

    def _called(self, executor: Any, parent: GraphQLObjectType, details: Any) -> Call | None:
        field = executor.schema.get_field(parent, details[0].node.name.value)
        found = call(field, details, self._converter) if field else None
        return found if found and self._takes(_LINES_A_CALL) else None

    def selected(self, executor: Any) -> Selected | None:
        """What is asked of the root; None where some of it may come later, by itself."""
        if self._selected is UNPLANNED:
            # found out once, also that there is nothing to know: graphql-core collects again then
            self._selected = self._collected(executor)
        found: Selected | None = self._selected
        return found

    def _collected(self, executor: Any) -> Selected | None:
        kind = executor.schema.get_root_type(executor.operation.operation)
        try:
            fields, deferred, _ = collect_fields(
                executor.schema,
                executor.fragments,
                executor.variable_values,
                kind,
                executor.operation,
                executor.hide_suggestions,
            )
        # whatever it is, graphql-core meets it again, and tells it
        except Exception:  # noqa: BLE001
            return None
        known = not deferred and self._takes(_LINES_A_FIELD * len(fields))
        return (kind, fields) if known else None

    def _takes(self, lines: int) -> bool:
        """Whether there is room for so much more, which is then taken."""
        if fits := lines <= self._room.lines:
            self._room.lines -= lines
        return fits
