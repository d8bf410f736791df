"""Commits of new documents that wait while one is under way go into the next transaction."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from domain.work import Stale, Taken
from mongo.batch import Batch, Transient, WriteRefused
from mongo.gathering import Gatherer, Unwritten

_REFUSED = (Transient, Stale, Taken, WriteRefused)
"""What an attempt raises when nothing was written."""


class DatabaseBusy(Exception):
    """The commit did not go through in time; whether its last attempt did is not known."""


@dataclass(slots=True)
class _Offer:
    batch: Batch
    written: bool = False
    refusal: Stale | Taken | None = None


class Together:
    """Puts the small batches of many requests into one transaction each time.

    Only what writes nothing but new documents: it waits for nobody, so that one request never holds
    up the others'. ``attempt`` commits a batch whole or raises.
    """

    def __init__(self, attempt: Callable[[Batch], Awaitable[None]], *, most: int = 32) -> None:
        self._attempt = attempt
        self._gatherer = Gatherer(self._commit, most=most)

    async def committed(self, batch: Batch) -> bool:
        """Whether it was committed; if not, nothing of it is written and it may go alone.

        Raises DatabaseBusy, and what the attempt says of a batch that went with no other.
        """
        if not batch.is_small_and_new:
            return False
        offer = _Offer(batch)
        try:
            await self._gatherer.put(offer)
        except Unwritten as failed:
            raise DatabaseBusy("the outcome of the commit is unknown") from failed.__cause__
        if offer.refusal is not None:
            raise offer.refusal
        return offer.written

    async def close(self) -> None:
        """Returns when everything offered before is committed or refused."""
        await self._gatherer.close()

    async def _commit(self, offers: Sequence[_Offer]) -> None:
        try:
            await self._attempt(Batch.joined([offer.batch for offer in offers]))
        except _REFUSED as refusal:
            # one of several cannot be written: each goes alone, so that it fails alone
            if len(offers) == 1 and isinstance(refusal, Stale | Taken):
                offers[0].refusal = refusal
            return
        for offer in offers:
            offer.written = True
