"""No personal data leaves before the access log holds that it does."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Protocol

from domain import access_log
from domain import ids as kinds
from domain.access import Caller
from domain.access_log import AccessLog
from domain.ids import CustomerId
from domain.personal import PiiClass
from domain.ports import Clock, Ids


class Disclosing(Protocol):
    """What of the GraphQL context the access log is written from."""

    @property
    def caller(self) -> Caller: ...
    @property
    def request_id(self) -> str: ...
    @property
    def operation(self) -> str | None: ...
    @property
    def disclosures(self) -> Mapping[PiiClass, AbstractSet[CustomerId]]: ...


@dataclass(frozen=True, slots=True)
class Auditor:
    """Writes the access log."""

    log: AccessLog
    clock: Clock
    ids: Ids

    async def record(self, context: Disclosing) -> None:
        """Durable when it returns: one entry, where the answer discloses something.

        Raises whatever kept the entry from being written; the answer must not leave then.
        """
        entry = access_log.entry(
            self.ids(kinds.ACCESS),
            self.clock(),
            context.caller.actor,
            operation=context.operation or "unknown",
            request_id=context.request_id,
            disclosures=context.disclosures,
        )
        if entry is not None:
            await self.log.append(entry)
