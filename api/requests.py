"""What makes two requests the same: the caller, the mutation, its key and its arguments."""

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

from graphql.execution.values import get_argument_values

from api.context import Info
from api.level import raw, variables
from domain.idempotency import Request
from domain.work import Decision, settle

T = TypeVar("T")

REQUEST: Final = "about the request alone"
"""Why a field that tells of the request itself is no read of personal data."""


async def applied(info: Info, decide: Callable[[], Awaitable[Decision[T]]]) -> T:
    """The value of a decision, committed: for mutations that may be sent twice without harm."""
    return await settle(info.context.services.work, decide)


def request(info: Info, key: str | None) -> Request:
    """The current mutation as an idempotent request; its arguments as they were coerced."""
    caller, mutation = info.context.caller.key_id, info.field_name
    return Request(caller, mutation, key, _arguments(info) if key is not None else None)


def _arguments(info: Info) -> dict[str, Any]:
    current = raw(info)
    definition = current.parent_type.fields[current.field_name]
    given = get_argument_values(definition, current.field_nodes[0], variables(current))
    return {name: value for name, value in given.items() if name != "idempotencyKey"}
