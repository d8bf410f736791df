"""The three customers of every demo shop of whom the guides speak: what they show can be pasted."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from consent.records import Channel, ConsentAct, ConsentStatus
from customers.drafts import AddressDraft, CustomerDraft
from domain.customer import Birthday, ExternalId, PersonName
from intake.planting import Seedling

TAG: Final[Mapping[str, str]] = {"founding-member": "Founding member"}
"""Nobody else of the demo has it."""
_ASKED: Final = (("marketing.newsletter", Channel.EMAIL), ("enrichment", None))
_A_MONTH: Final = timedelta(days=30)


def said(purpose: str, channel: Channel | None, status: ConsentStatus, at: datetime) -> ConsentAct:
    """What somebody of the demo answered at its checkout."""
    return ConsentAct(
        purpose=purpose,
        status=status,
        collected_at=at,
        source="demo-checkout",
        policy_version="demo-1",
        wording=f"May the demo shop use your data for: {purpose}?",
        channel=channel,
    )


def regulars(now: datetime, system: str) -> tuple[Seedling, ...]:
    """Ada, who said yes to nearly everything; Grace, who said nothing; and Olena."""
    at = now.replace(hour=9, minute=0, second=0, microsecond=0) - _A_MONTH
    ada = CustomerDraft(
        name=PersonName(given="Ada", family="Byron"),
        emails=("ada@example.com",),
        phones=("+12025550143",),
        external_ids=(ExternalId(system, "ada"),),
        locale="en-GB",
        birthday=Birthday(12, 10),
        addresses=(AddressDraft(("12 Example Road",), "GB", "London", is_default=True),),
        tags=tuple(TAG),
        consents=tuple(
            said(purpose, channel, ConsentStatus.GRANTED, at) for purpose, channel in _ASKED
        ),
    )
    grace = CustomerDraft(
        name=PersonName(given="Grace", family="Brooks"),
        emails=("grace@example.com",),
        external_ids=(ExternalId(system, "grace"),),
        locale="en-US",
    )
    olena = CustomerDraft(
        name=PersonName(given="Олена", family="Шевченко"),
        emails=("olena@example.com",),
        external_ids=(ExternalId(system, "olena"),),
        locale="uk",
        tags=tuple(TAG),
    )
    return Seedling(ada, 250, dict(TAG)), Seedling(grace), Seedling(olena, 0, dict(TAG))
