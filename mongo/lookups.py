"""Look-ups by key that wait while one is under way go into the next, together."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from mongo.gathering import Gatherer, Unwritten

K = TypeVar("K")
V = TypeVar("V")

FEW: Final = 10
"""Whoever asks for more at once has gathered them already."""


class Unread(Exception):
    """The query that held the look-up failed."""


@dataclass(slots=True)
class _Lookup(Generic[K, V]):
    keys: Sequence[K]
    found: Mapping[K, V] = field(default_factory=dict[K, V])


class Lookups(Generic[K, V]):
    """Turns the small look-ups of many requests into few queries.

    ``fetch`` is called with distinct keys and answers with those it found. It always begins after
    the look-up arrived, so that nobody sees anything older than with a query of their own. Values
    are shared between those who asked for the same key: they must be immutable.
    """

    def __init__(self, fetch: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]]) -> None:
        self._fetch = fetch
        self._gatherer = Gatherer(self._answer, most=50)

    async def get_many(self, keys: Sequence[K]) -> dict[K, V]:
        """Those of the keys that exist. Raises Unread, caused by what ``fetch`` raised."""
        if not keys:
            return {}
        if len(keys) > FEW:
            return dict(await self._fetch(keys))
        lookup = _Lookup[K, V](keys)
        try:
            await self._gatherer.put(lookup)
        except Unwritten as failed:
            raise Unread("the look-up failed") from failed.__cause__
        return {key: lookup.found[key] for key in keys if key in lookup.found}

    async def _answer(self, lookups: Sequence[_Lookup[K, V]]) -> None:
        found = await self._fetch(list(dict.fromkeys(k for each in lookups for k in each.keys)))
        for lookup in lookups:
            lookup.found = found
