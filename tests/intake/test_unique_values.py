"""A file obeys unique attributes row by row: who would take another's value is refused alone."""

import csv
from dataclasses import replace

import pytest

from customers.attributes import AttributeDefinition, CreateDefinition
from customers.values import AttributeType
from domain import ids
from domain.customer import Attribute, CreateCustomer
from domain.work import UnitOfWork
from intake.formats import FileFormat
from tests.intake.stocked import BATCH, Stocked
from tests.shop import NOON, customer, new_id

pytestmark = pytest.mark.wheel

MAPPING = """[customer]
emails = "mail"
attribute.card = "card"
"""


@pytest.fixture
async def shop(shop):
    definition = AttributeDefinition(
        *(new_id(ids.ATTRIBUTE_DEFINITION), 1, NOON, NOON, "card", AttributeType.STRING, "Card"),
        unique=True,
    )
    await shop.importing.work.commit([CreateDefinition(definition)])
    return shop.in_small_batches()


@pytest.fixture
def taken(shop, write):
    """Imports rows of a mail and a card; the summary, and what the report says of refused rows."""
    mapping = write("mapping.toml", MAPPING)

    async def take(*rows, into=shop, **options):
        path = write("people.csv", "mail,card\n" + "".join(f"{m},{c}\n" for m, c in rows))
        summary = await into.take(path, format=FileFormat.CSV, mapping=mapping, **options)
        with shop.report(path).open(encoding="utf-8", newline="") as file:
            refused = [(int(row["line"]), row["code"]) for row in csv.DictReader(file)]
        return summary.counts, refused

    return take


async def card_of(shop, mail):
    found = await shop.by_email(mail)
    return found and {each.key: each.value for each in found.attributes}.get("card")


async def test_a_second_row_with_a_value_is_refused_and_the_others_are_in(shop: Stocked, taken):
    rows = [("a@example.com", "1"), ("b@example.com", "1"), ("c@example.com", "3")]
    counts, refused = await taken(*rows)
    assert (counts.created, refused) == (2, [(3, "NOT_UNIQUE")])
    assert await shop.by_email("b@example.com") is None
    counts, refused = await taken(*rows, ("d@example.com", "4"))
    assert (counts.created, counts.unchanged, refused) == (1, 2, [(3, "NOT_UNIQUE")])


async def test_a_value_that_an_earlier_row_gave_up_is_free_for_a_later_one(shop: Stocked, taken):
    await taken(("a@example.com", "1"))
    counts, refused = await taken(("a@example.com", "2"), ("b@example.com", "1"))
    assert (counts.updated, counts.created, refused) == (1, 1, [])
    assert await card_of(shop, "a@example.com") == "2"
    assert await card_of(shop, "b@example.com") == "1"


async def test_people_of_one_batch_pass_a_value_on(shop: Stocked, taken):
    rows = [("a@example.com", "1"), ("a@example.com", "2"), ("b@example.com", "1")]
    counts, refused = await taken(*rows)
    assert (counts.created, counts.updated, refused) == (2, 1, [])


async def test_a_refused_row_keeps_what_it_had(shop: Stocked, taken):
    await taken(("a@example.com", "1"), ("b@example.com", "2"))
    counts, refused = await taken(("b@example.com", "1"), ("c@example.com", "2"))
    assert (counts.refused, refused) == (2, [(2, "NOT_UNIQUE"), (3, "NOT_UNIQUE")])
    assert await card_of(shop, "b@example.com") == "2"


class _Faster(UnitOfWork):
    """A unit of work that somebody with a card of the file beats at its second commit of rows."""

    def __init__(self, work, card):
        self.work, self.card, self.commits = work, card, 0

    async def commit(self, changes):
        self.commits += 1
        if self.commits == 2:
            rival = replace(customer(), attributes=(Attribute("card", self.card, unique=True),))
            await self.work.commit([CreateCustomer(rival)])
        await self.work.commit(changes)


async def test_who_is_beaten_to_a_value_costs_only_their_own_row(shop: Stocked, taken):
    rows = [(f"p{n}@example.com", str(n)) for n in range(2 * BATCH)]
    work = _Faster(shop.importing.work, str(BATCH + 7))
    beaten = replace(shop, importing=replace(shop.importing, work=work))
    counts, refused = await taken(*rows, into=beaten)
    assert work.commits > BATCH
    assert (counts.created, refused) == (2 * BATCH - 1, [(BATCH + 7 + 2, "NOT_UNIQUE")])


@pytest.mark.parametrize("write_it", [True, False])
async def test_a_dry_run_tells_of_the_same_rows(shop: Stocked, taken, write_it):
    many = [(f"p{n}@example.com", str(n)) for n in range(3 * BATCH)]
    again, thief = ("p1@example.com", "1"), ("q@example.com", "2")
    counts, refused = await taken(*many, again, thief, write=write_it)
    assert (counts.created, refused) == (3 * BATCH, [(3 * BATCH + 3, "NOT_UNIQUE")])
    assert counts.updated + counts.unchanged == 1


@pytest.mark.parametrize("write_it", [True, False])
async def test_a_dry_run_knows_what_an_earlier_row_gave_up(shop: Stocked, taken, write_it):
    await taken(("a@example.com", "x"))
    many = [(f"p{n}@example.com", str(n)) for n in range(3 * BATCH)]
    rows = [("a@example.com", "y"), *many, ("b@example.com", "x"), ("c@example.com", "x")]
    counts, refused = await taken(*rows, write=write_it)
    assert (counts.created, counts.updated) == (3 * BATCH + 1, 1)
    assert refused == [(3 * BATCH + 4, "NOT_UNIQUE")]


async def test_the_report_holds_no_value(shop: Stocked, taken, tmp_path):
    await taken(("a@example.com", "canary"), ("b@example.com", "canary"))
    text = (tmp_path / "people.report.csv").read_text(encoding="utf-8")
    assert "attributes.0.value,NOT_UNIQUE" in text
    assert "canary" not in text
