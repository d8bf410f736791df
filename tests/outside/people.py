"""Customers for the stories, none of whom anybody else in the database knows."""

from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any
from uuid import uuid4

Ask = Callable[..., Awaitable[dict[str, Any]]]

_RUN = uuid4().hex[:8]
_NUMBERS = count(1)
CREATE = """
mutation ($input: CustomerCreateInput!, $key: String) {
  customerCreate(input: $input, idempotencyKey: $key) {
    __typename
    ... on CustomerPayload { replayed changedFields customer { id version } }
    ... on ValidationFailedError { issues { path code message } }
    ... on IdentityConflictError { kind holder suggestMerge }
    ... on Error { code message path }
  }
}
"""


def word(beginning: str = "w") -> str:
    """Letters and digits that nothing else begins with."""
    return f"{beginning}{_RUN}{next(_NUMBERS)}x"


def email(name: str = "ada") -> str:
    return f"{word(name)}@example.com"


def phone() -> str:
    """A German number of those reserved for drama."""
    return f"+493023125{next(_NUMBERS) % 1000:03}"


def granted(purpose: str, channel: str | None = None, **more: Any) -> dict[str, Any]:
    """A consent as a shop's checkout reports it."""
    act = {
        "purpose": purpose,
        "channel": channel,
        "status": "GRANTED",
        "collectedAt": "2026-04-01T09:00:00Z",
        "source": "checkout",
        "policyVersion": "3",
        "wording": "Yes, write to me about offers.",
    }
    return {**act, **more}


async def created(ask: Ask, **fields: Any) -> str:
    """A new customer's id."""
    answer = (await ask(CREATE, input=fields))["customerCreate"]
    assert answer["__typename"] == "CustomerPayload", answer
    return answer["customer"]["id"]
