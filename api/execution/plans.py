"""The plans of one operation, written when they are first needed and used from then on."""

from collections.abc import Callable
from typing import Any, Final

from strawberry.schema.schema_converter import GraphQLCoreConverter

from api.execution.emitting import Details, Plan, Room, write

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
