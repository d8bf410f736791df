"""A unit of work: services decide and return changes, one commit sends them all or none."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")


class Change:
    """One write that must happen together with its siblings; each subject defines its own kinds."""

    __slots__ = ()


class Stale(Exception):
    """What a change was computed from has changed meanwhile: read again and decide again."""


class Taken(Exception):
    """A unique key belongs to somebody else; ``change`` is the one that wanted it."""

    def __init__(self, change: Change, key: str) -> None:
        super().__init__("a unique key is taken")
        self.change = change
        self.key = key


class UnitOfWork(Protocol):
    """Where changes go. All of them become visible at once, durably, or none does."""

    def prepared(self, changes: Sequence[Change]) -> Sequence[Change]:
        """The same changes, for a commit that then has less to do: for who waits for another."""
        return changes

    async def commit(self, changes: Sequence[Change]) -> None:
        """Raises Stale when a guard no longer holds, Taken when a unique key has another owner."""


@dataclass(frozen=True, slots=True)
class Decision(Generic[T]):
    """What a service decided: the value to answer with, and the changes that make it true.

    ``explain`` turns a unique key found taken into the failure that the caller should see; without
    it, or where it answers Stale, the decision is made again.
    """

    value: T
    changes: tuple[Change, ...] = ()
    explain: Callable[[Taken], Awaitable[Exception]] | None = None


async def settle(
    work: UnitOfWork, decide: Callable[[], Awaitable[Decision[T]]], *, attempts: int = 100
) -> T:
    """Decide on fresh state and commit; decide again while somebody else was faster.

    Every round that goes in vain is another writer's success, so that rivals wait for each other no
    longer than there are rivals. Raises whatever ``decide`` raises, and Stale when ``attempts``
    writers in a row were faster.
    """
    for attempt in range(1, attempts + 1):
        decision = await decide()
        if not decision.changes:
            return decision.value
        try:
            await work.commit(decision.changes)
        except Taken as taken:
            failure = await decision.explain(taken) if decision.explain else Stale()
            if attempt == attempts or not isinstance(failure, Stale):
                raise failure from None
        except Stale:
            if attempt == attempts:
                raise
        else:
            return decision.value
    raise AssertionError  # pragma: no cover - the loop returns or raises
