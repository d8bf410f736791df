"""The households of the Complete Journey, enriched where they allow it, and the counts add up."""

import importlib.util

import pytest

from domain import contact
from domain.errors import IdentityKind
from domain.query import CustomerQuery
from intake import journey
from intake.journey import Journey, JourneyMissing
from tests.intake.stocked import Stocked
from tests.shop import NOON

HOUSEHOLDS, KNOWN = 2_469, 801


@pytest.fixture(scope="module")
def data():
    return Journey(journey.located())


def test_every_household_has_reserved_contacts_of_its_own(data):
    drafts = [each.draft for each in journey.nursery(data, NOON).seedlings]
    mails = {email for draft in drafts for email in draft.emails}
    phones = {contact.phone(phone, None).norm for draft in drafts for phone in draft.phones}
    assert len(mails) == len(phones) == len(drafts) == HOUSEHOLDS
    assert {mail.partition("@")[2] for mail in mails} == {"example.com"}
    assert {number[5:10] for number in phones} == {"55501"}


def test_the_same_seed_is_the_same_people(data):
    assert journey.nursery(data, NOON) == journey.nursery(data, NOON)


def test_without_the_package_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(JourneyMissing, match=r"rapport-crm\[journey\]"):
        journey.located()


def test_the_partner_file_holds_hashes_of_known_households(data, tmp_path):
    journey.partner(data).write(tmp_path)
    text = (tmp_path / "partners" / "complete_journey.csv").read_text(encoding="utf-8")
    assert len(text.splitlines()) == KNOWN + 1
    assert "@" not in text


async def test_a_run_over_all_adds_up_and_enriches_only_who_allowed_it(
    shop: Stocked, tmp_path, data, server
):
    if server.kind == "wheel":
        pytest.skip("takes minutes on the embedded wheel; test_cli runs a few households there")
    demos = shop.demos(tmp_path)
    summary = await demos.journey(data)
    assert summary.counts.created == HOUSEHOLDS
    counts = (await demos.enrich_journey()).counts
    assert counts.matched + counts.missed + counts.refused == counts.total == HOUSEHOLDS
    assert counts.failed == 0
    granted = {"purpose": "enrichment", "status": "GRANTED"}
    allowed = {"consent.states": {"$elemMatch": granted}}
    customers = shop.database["customers"]
    assert counts.refused == HOUSEHOLDS - await customers.count_documents(allowed)
    enriched = {"enriched.0": {"$exists": True}}
    assert await customers.count_documents(enriched) == counts.matched
    assert await customers.count_documents({"$and": [enriched, allowed]}) == counts.matched
    spent = data.spend[1]
    first = await shop.importing.stock.customers.find(
        IdentityKind.EXTERNAL_ID, "complete-journey\x1f1"
    )
    document = await customers.find_one({"_id": first.id})
    assert document["loyalty"]["points"] == spent
    assert await shop.importing.stock.customers.count(CustomerQuery(), 3_000) == HOUSEHOLDS
