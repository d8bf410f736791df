"""Idempotency keys: a request sent again gets the first one's answer, never a second effect."""

import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Protocol, TypeVar

from domain.errors import IdempotencyMismatch, invalid
from domain.personal import NotPersonal, Observed
from domain.ports import Clock
from domain.secret import Secret
from domain.work import Change, Decision, Stale, Taken, UnitOfWork, settle

T = TypeVar("T")

KEPT: Final = timedelta(hours=24)
LONGEST_KEY: Final = 200

Answer = Mapping[str, Any]
"""Ids and numbers enough to give the same answer again; never a value of the person."""


@dataclass(frozen=True, slots=True)
class Remembered(Change):
    """What was answered. ``id`` and ``input_hash`` are keyed hashes: nothing can be read from them.

    As a change it claims the key in the commit of the effect itself; Taken where another request
    with the same key was faster.
    """

    id: Annotated[str, NotPersonal]
    input_hash: Annotated[str, NotPersonal]
    first_seen_at: Annotated[datetime, NotPersonal]
    expires_at: Annotated[datetime, NotPersonal]
    answer: Annotated[Answer, Observed]


class Answers(Protocol):
    async def find(self, key: str) -> Remembered | None:
        """What is remembered under this id, expired or not."""
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """A creating request as its sender named it: who, which mutation, which key, which input."""

    caller: str
    mutation: str
    key: str | None
    arguments: object


@dataclass(frozen=True, slots=True)
class Memory:
    """How a mutation's value is remembered and given again."""

    save: Callable[[Any], Answer]
    load: Callable[[Answer], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Once:
    """Runs a decision, at most once for each idempotency key within 24 hours."""

    work: UnitOfWork
    answers: Answers
    secret: Secret
    clock: Clock

    async def run(
        self, decide: Callable[[], Awaitable[Decision[T]]], request: Request, memory: Memory
    ) -> tuple[T, bool]:
        """The value, and whether it was replayed.

        Raises IdempotencyMismatch where the key came with another input before, and whatever
        ``decide`` raises; a failure is not remembered, so that it can be mended and sent again.
        """
        if request.key is None:
            return await settle(self.work, decide), False
        if not 0 < len(request.key) <= LONGEST_KEY:
            message = f"An idempotency key has 1 to {LONGEST_KEY} characters."
            raise invalid(("idempotencyKey",), "IDEMPOTENCY_KEY_INVALID", message)
        key = self._hash(request.caller, request.mutation, request.key)
        input_hash = self._hash(json.dumps(request.arguments, sort_keys=True, default=str))

        async def decide_or_replay() -> Decision[tuple[T, bool]]:
            now = self.clock()
            known = await self.answers.find(key)
            if known and now < known.expires_at:
                if not hmac.compare_digest(known.input_hash, input_hash):
                    raise IdempotencyMismatch(known.first_seen_at)
                return Decision((await memory.load(known.answer), True))
            decision = await decide()
            answer = memory.save(decision.value)
            claim = Remembered(key, input_hash, now, now + KEPT, answer)
            return replace(
                Decision((decision.value, False), (*decision.changes, claim)),
                explain=_explaining(decision),
            )

        return await settle(self.work, decide_or_replay)

    def _hash(self, *parts: str) -> str:
        return self.secret.digest("idempotency", "\x00".join(parts))


def _explaining(decision: Decision[Any]) -> Callable[[Taken], Awaitable[Exception]]:
    async def explain(taken: Taken) -> Exception:
        if isinstance(taken.change, Remembered) or decision.explain is None:
            return Stale()
        return await decision.explain(taken)

    return explain
