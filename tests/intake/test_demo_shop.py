"""The demo shop is the same everywhere, reaches nobody real, and loads once."""

import asyncio
import tomllib
from collections import Counter
from dataclasses import replace

import pytest

from domain import contact
from domain.query import CustomerQuery, Exists, Field
from enrichment import configuration
from intake import demo_partner, demo_shop, seeds
from intake.demo_people import places
from tests import servers
from tests.intake.dying import Dying, Killed
from tests.intake.stocked import Stocked
from tests.shop import NOON

DRAFTS = [each.draft for each in demo_shop.nursery(NOON).seedlings]
RESERVED_MAIL = {"example.com", "example.net", "example.org"}
RESERVED_PHONES = ("+120255501", "+447700900", "+493023125")


def test_the_same_seed_is_the_same_shop():
    assert demo_shop.nursery(NOON) == demo_shop.nursery(NOON)
    assert demo_shop.nursery(NOON, seed=7).seedlings != demo_shop.nursery(NOON).seedlings


def test_whom_the_guides_speak_of_is_in_every_shop():
    for seed in (seeds.SHOP, 7):
        people = demo_shop.nursery(NOON, seed=seed).seedlings
        assert len(people) == demo_shop.PEOPLE
        assert {"Ada", "Grace", "Олена"} == {each.draft.name.given for each in people[-3:]}
        tagged = [each.draft.emails for each in people if "founding-member" in each.draft.tags]
        assert tagged == [("ada@example.com",), ("olena@example.com",)]


def test_nobody_real_can_be_reached():
    mails = [email for draft in DRAFTS for email in draft.emails]
    phones = [phone for draft in DRAFTS for phone in draft.phones]
    assert {mail.partition("@")[2] for mail in mails} <= RESERVED_MAIL
    assert all(phone.startswith(RESERVED_PHONES) for phone in phones)
    assert all(contact.phone(phone, None).e164 == phone for phone in phones)


def test_everybody_can_be_told_apart():
    contacts = [c for draft in DRAFTS for c in (*draft.emails, *draft.phones)]
    assert max(Counter(contacts).values()) == 1
    assert all(draft.emails or draft.phones for draft in DRAFTS)


def test_names_are_written_in_many_scripts():
    letters = {name[0] for place in places() for name, _ in place.given}
    blocks = {ord(letter) >> 8 for letter in letters}
    assert {0x00, 0x03, 0x04, 0x06} <= blocks
    assert any(block >= 0x30 for block in blocks)


def test_birthdays_come_with_and_without_a_year():
    years = [draft.birthday.year is None for draft in DRAFTS if draft.birthday]
    assert True in years
    assert False in years


@pytest.mark.wheel
async def test_the_shop_is_loaded_once(shop: Stocked, tmp_path):
    demos = shop.demos(tmp_path)
    assert await demos.empty()
    assert (await demos.shop()).summary.counts.created == demo_shop.PEOPLE
    assert not await demos.empty()
    customers = await shop.database["customers"].find({}).to_list(None)
    tiers = {c["loyalty"]["tier"] for c in customers}
    assert tiers == {"bronze", "silver", "gold", "platinum"}
    states = {s["status"] for c in customers for s in c["consent"]["states"]}
    assert states == {"GRANTED", "WITHDRAWN", "PENDING", "DENIED"}
    assert any(not c["consent"]["states"] for c in customers)
    entries = await shop.count("points_entries")
    shop.clock.pass_by(days=2)
    again = await demos.shop()
    assert again.summary.counts.unchanged == demo_shop.PEOPLE
    assert not again.wrote
    assert not again.enlisted
    assert await shop.count("points_entries") == entries
    assert await shop.importing.stock.customers.count(CustomerQuery(where=Exists(Field.PHONE)), 99)


async def test_who_was_changed_since_is_left_as_they_are_and_who_is_missing_is_added(
    shop: Stocked, tmp_path
):
    demos = shop.demos(tmp_path)
    await demos.shop()
    customers = shop.database["customers"]
    first, second = await customers.find({}).sort("_id", 1).limit(2).to_list(None)
    edited = {"name": {"given": "Renamed"}, "tags": [], "addresses": [], "attributes": []}
    await customers.update_one({"_id": first["_id"]}, {"$set": edited})
    await customers.delete_one({"_id": second["_id"]})
    await shop.database["identities"].delete_many({"customer_id": second["_id"]})
    counts = (await demos.shop()).summary.counts
    assert (counts.created, counts.updated, counts.unchanged) == (1, 0, demo_shop.PEOPLE - 1)
    assert await customers.find_one({"_id": first["_id"]}) == {**first, **edited}


# each plants a whole shop, which takes its time on the wheel
@pytest.mark.parametrize("commits", (1, 4) if servers.kind() == "wheel" else range(6))
async def test_a_shop_that_was_stopped_half_way_is_whole_after_the_next_start(
    shop: Stocked, tmp_path, commits
):
    whole = shop.demos(tmp_path)
    dying = replace(shop.importing, work=Dying(shop.importing.work, commits))
    stopped = replace(whole, planting=replace(whole.planting, importing=dying))
    with pytest.raises(Killed):
        await stopped.opened()
    assert await whole.opened()
    assert await shop.count("customers") == demo_shop.PEOPLE
    due = [each for each in demo_shop.nursery(NOON).seedlings if each.points]
    assert await shop.count("points_entries") == len(due)
    assert not await whole.opened()


async def test_a_start_that_was_killed_before_its_first_customer_gives_way_to_another_shop(
    shop: Stocked, tmp_path
):
    demos = shop.demos(tmp_path)
    dying = replace(shop.importing, work=Dying(shop.importing.work, 1))
    with pytest.raises(Killed):
        await replace(demos, planting=replace(demos.planting, importing=dying)).opened()
    assert await demos.empty()
    await demos.shop(seed=7)
    before = await shop.everything()
    assert not await demos.opened()
    assert await shop.everything() == before


async def test_a_shop_is_known_by_its_seed_in_a_version_that_has_more_people(
    shop: Stocked, tmp_path, monkeypatch
):
    demos = shop.demos(tmp_path)
    with monkeypatch.context() as earlier:
        earlier.setattr(demo_shop, "PEOPLE", 20)
        await demos.shop()
    counts = (await demos.shop()).summary.counts
    assert (counts.created, counts.unchanged) == (demo_shop.PEOPLE - 20, 20)


async def test_a_database_that_somebody_uses_is_never_filled(shop: Stocked, tmp_path):
    demos = shop.demos(tmp_path)
    await demos.shop()
    assert not await demos.opened()


async def test_of_two_starts_one_opens_the_shop(shop: Stocked, tmp_path):
    demos = shop.demos(tmp_path)
    async with asyncio.TaskGroup() as group:
        starts = [group.create_task(demos.opened()) for _ in range(2)]
    assert sorted(start.result() for start in starts) == [False, True]
    assert await shop.count("customers") == demo_shop.PEOPLE


def test_the_partner_knows_many_by_hash_and_nobody_by_name(tmp_path):
    partner = demo_partner.partner(demo_shop.nursery(NOON).seedlings)
    partner.write(tmp_path)
    text = (tmp_path / "partners" / "demo_panel.csv").read_text(encoding="utf-8")
    assert "@" not in text
    assert 100 < len(text.splitlines()) < demo_shop.PEOPLE


async def test_the_partner_is_a_source_at_once(tmp_path):
    partner = demo_partner.partner(demo_shop.nursery(NOON).seedlings)
    sources = configuration.load(partner.write(tmp_path))
    await sources.check()
    assert sources.find("demo_panel") is not None
    await sources.aclose()


def test_what_the_shop_configured_stays_and_nothing_is_added_twice(tmp_path):
    (tmp_path / "sources.toml").write_text("phone_metadata = false\n", encoding="utf-8")
    partner = demo_partner.partner(demo_shop.nursery(NOON).seedlings)
    partner.write(tmp_path)
    before = partner.write(tmp_path).read_text(encoding="utf-8")
    found = tomllib.loads(before)
    assert found["phone_metadata"] is False
    assert [source["key"] for source in found["source"]] == ["demo_panel"]
