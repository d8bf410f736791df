"""The access log: who saw personal data of which customers, written before the answer leaves."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, Protocol

from domain.actor import Actor
from domain.ids import CustomerId
from domain.personal import Erasure, NotPersonal, Personal, PiiClass

_KEPT: Final = Personal(PiiClass.BEHAVIOUR, portable=False, erasure=Erasure.KEEP)
"""Who looked at a person's data must remain provable after their erasure (GDPR Art. 5(2))."""


@dataclass(frozen=True, slots=True)
class AccessEntry:
    """One answer with personal data in it. ``operation`` names what was asked, not with what."""

    id: Annotated[str, NotPersonal]
    at: Annotated[datetime, NotPersonal]
    actor: Actor
    operation: Annotated[str, NotPersonal]
    request_id: Annotated[str, NotPersonal]
    customer_ids: Annotated[tuple[CustomerId, ...], _KEPT]
    categories: Annotated[tuple[PiiClass, ...], NotPersonal]
    count: Annotated[int, NotPersonal]


class AccessLog(Protocol):
    """Where entries go; nothing ever changes or removes one."""

    async def append(self, entry: AccessEntry) -> None:
        """Durable when it returns. Raises whatever keeps it from that."""


def entry(
    entry_id: str,
    at: datetime,
    actor: Actor,
    *,
    operation: str,
    request_id: str,
    disclosures: Mapping[PiiClass, AbstractSet[CustomerId]],
) -> AccessEntry | None:
    """The entry for what an answer discloses; None where that is nothing."""
    shown = {category: seen for category, seen in disclosures.items() if seen}
    if not shown:
        return None
    customers = frozenset[CustomerId]().union(*shown.values())
    return AccessEntry(
        id=entry_id,
        at=at,
        actor=actor,
        operation=operation,
        request_id=request_id,
        customer_ids=tuple(sorted(customers)),
        categories=tuple(sorted(shown)),
        count=len(customers),
    )
