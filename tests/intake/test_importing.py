"""Files become customers in a real database: once, whole, and without lifting a refusal."""

import csv
import os
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from consent.records import Channel, ConsentAct, ConsentStatus
from consent.service import Consents
from domain.customer import CreateCustomer
from domain.work import Stale, UnitOfWork
from intake.formats import FileFormat
from intake.taking import ImportRunning
from tests.intake.dying import Dying, Killed
from tests.intake.exports import ANNA, BORIS, COLLECTED, written
from tests.intake.stocked import BATCH, IMPORTER, Stocked
from tests.shop import CLERK, new_id

pytestmark = pytest.mark.wheel


@pytest.fixture
def shop(shop: Stocked) -> Stocked:
    return shop.in_small_batches()


def people(number):
    return [
        {"Customer ID": f"'{i}", "First Name": "A", "Email": f"p{i}@example.com", "Tags": "VIP"}
        for i in range(number)
    ]


def reported(shop, path):
    with shop.report(path).open(encoding="utf-8", newline="") as file:
        return [(int(r["line"]), r["outcome"], r["field"], r["code"]) for r in csv.DictReader(file)]


async def standing(shop, norm):
    customer = await shop.by_email(norm)
    found = await shop.importing.stock.consents.standings([customer.id])
    return {(s.purpose, s.channel): s.status for s in found[customer.id].states}


async def test_a_shopify_export_becomes_customers(shop: Stocked, tmp_path):
    summary = await shop.take(written(tmp_path / "a.csv", ANNA, BORIS))
    assert (summary.counts.created, summary.counts.refused) == (2, 0)
    anna = await shop.by_email("anna@example.com")
    assert anna.name.formatted == "Anna Example"
    assert anna.addresses[0].postal_code == "SW1A 1AA"
    assert len(anna.tags) == 2
    tags = await shop.importing.stock.tags.by_keys(["early-bird"])
    assert tags["early-bird"].label.text == "Early Bird"


async def test_only_a_yes_becomes_a_grant_and_it_is_marked_as_imported(shop: Stocked, tmp_path):
    await shop.take(written(tmp_path / "a.csv", ANNA, BORIS))
    granted = {("marketing", Channel.EMAIL): ConsentStatus.GRANTED}
    assert await standing(shop, "anna@example.com") == granted
    assert await standing(shop, "boris@example.org") == {}
    record = await shop.database["consent_records"].find_one({})
    assert (record["imported"], record["source"]) == (True, "shopify-import")


async def test_refusals_are_kept_on_request(shop: Stocked, tmp_path):
    await shop.take(written(tmp_path / "a.csv", BORIS), refusals=True)
    refused = dict.fromkeys([Channel.EMAIL, Channel.SMS], ConsentStatus.DENIED)
    found = await standing(shop, "boris@example.org")
    assert {channel: status for (_, channel), status in found.items()} == refused


async def test_a_withdrawal_outlives_every_later_export(shop: Stocked, tmp_path):
    await shop.take(written(tmp_path / "a.csv", ANNA))
    anna = await shop.by_email("anna@example.com")
    stock = shop.importing.stock
    consents = Consents(stock.consents, stock.purposes, shop.clock, new_id)
    act = ConsentAct(
        *("marketing", ConsentStatus.WITHDRAWN, COLLECTED + timedelta(hours=1), "till", "1", "No"),
        channel=Channel.EMAIL,
    )
    await shop.importing.work.commit((await consents.record(anna.id, [act], CLERK)).changes)
    path = written(tmp_path / "b.csv", {**ANNA, "Total Orders": "4"})
    summary = await shop.take(path, collected_at=COLLECTED + timedelta(days=20))
    assert summary.remarks == 1
    assert (await standing(shop, "anna@example.com"))["marketing", Channel.EMAIL] == "WITHDRAWN"
    assert (2, "remark", "consents.marketing.EMAIL", "CONSENT_WITHDRAWN") in reported(shop, path)


async def test_a_no_in_a_newer_export_withdraws_what_an_older_one_granted(shop: Stocked, tmp_path):
    await shop.take(written(tmp_path / "a.csv", ANNA))
    later = written(tmp_path / "b.csv", {**ANNA, "Accepts Email Marketing": "no"})
    await shop.take(later, collected_at=COLLECTED + timedelta(days=20))
    assert (await standing(shop, "anna@example.com"))["marketing", Channel.EMAIL] == "WITHDRAWN"


async def test_running_twice_changes_nothing(shop: Stocked, tmp_path):
    path = written(tmp_path / "a.csv", ANNA, BORIS)
    await shop.take(path)
    counted = await shop.everything()
    shop.clock.pass_by(days=1)
    summary = await shop.take(path, collected_at=COLLECTED + timedelta(days=3))
    assert (summary.counts.unchanged, summary.counts.rows) == (2, 2)
    assert await shop.everything() == counted


async def test_a_dry_run_writes_nothing_and_counts_everybody_once(shop: Stocked, tmp_path):
    before = await shop.everything()
    twice = people(2 * BATCH) + people(3)
    summary = await shop.take(written(tmp_path / "a.csv", *twice), write=False)
    assert (summary.counts.created, summary.counts.updated) == (2 * BATCH, 3)
    assert await shop.everything() == before
    assert await shop.count("imports") == 0


async def test_a_second_row_about_a_person_updates_the_first(shop: Stocked, tmp_path):
    again = {**ANNA, "Last Name": "Sample", "Tags": "Outlet"}
    summary = await shop.take(written(tmp_path / "a.csv", ANNA, again))
    assert (summary.counts.created, summary.counts.updated) == (1, 1)
    anna = await shop.by_email("anna@example.com")
    assert (anna.name.family, len(anna.tags), anna.version) == ("Sample", 3, 2)


async def test_a_person_is_found_by_id_then_e_mail_then_phone(shop: Stocked, tmp_path):
    await shop.take(written(tmp_path / "a.csv", ANNA))
    rows = [
        {**ANNA, "Email": "new@example.com"},
        {**ANNA, "Customer ID": "", "Phone": "'+447700900124"},
        {"First Name": "Anne", "Phone": ANNA["Phone"]},
    ]
    summary = await shop.take(written(tmp_path / "b.csv", *rows))
    assert (summary.counts.updated, summary.counts.created) == (3, 0)
    anna = await shop.by_email("new@example.com")
    assert (anna.name.formatted, len(anna.emails), len(anna.phones)) == ("Anne Example", 2, 2)


@pytest.mark.parametrize(
    "row",
    [
        {**ANNA, "Customer ID": "'7999"},
        {"First Name": "Flatmate", "Email": "other@example.net", "Phone": ANNA["Phone"]},
        {**BORIS, "Customer ID": "'7001", "Email": "boris@example.org"},
    ],
    ids=["another id", "a shared phone", "two holders"],
)
async def test_two_people_are_never_made_one(shop: Stocked, tmp_path, row):
    await shop.take(written(tmp_path / "a.csv", ANNA, BORIS))
    before = await shop.everything()
    path = written(tmp_path / "b.csv", row)
    assert (await shop.take(path)).counts.refused == 1
    assert [code for _, _, _, code in reported(shop, path)] == ["IDENTITY_CONFLICT"]
    assert await shop.everything() == before


async def test_a_refused_row_takes_nothing_down_with_it(shop: Stocked, tmp_path):
    bad = {**ANNA, "Email": "no address", "Tags": "Never Seen", "Customer ID": "'1"}
    nobody = {"First Name": "Nobody"}
    path = written(tmp_path / "a.csv", bad, BORIS, nobody)
    summary = await shop.take(path)
    assert (summary.counts.created, summary.counts.refused) == (1, 2)
    assert [(line, code) for line, _, _, code in reported(shop, path)] == [
        (2, "EMAIL_INVALID"),
        (4, "NO_IDENTITY"),
    ]
    assert await shop.importing.stock.tags.by_keys(["never-seen"]) == {}


async def test_the_same_file_again_has_the_same_report(shop: Stocked, tmp_path):
    rows = (
        ANNA,
        {**ANNA, "Accepts SMS Marketing": "yes"},
        {**BORIS, "Accepts Email Marketing": "yes", "Tags": "VIP, ***"},
        {**BORIS, "Customer ID": "'7003", "Email": "no address"},
        {**BORIS, "Default Address City": "Sofia"},
    )
    path = written(tmp_path / "a.csv", *rows)
    os.utime(path, (COLLECTED.timestamp(),) * 2)
    reports = []
    for write in (False, True, True):
        await shop.take(path, write=write, collected_at=None, refusals=True)
        reports.append(shop.report(path).read_text(encoding="utf-8"))
    assert {"CONSENT_UNPROVED", "CONSENT_REFUSED", "TAG_INVALID", "EMAIL_INVALID"} <= {
        code for *_, code in reported(shop, path)
    }
    assert reports[0] == reports[1] == reports[2]


async def test_the_report_names_no_value_of_a_person(shop: Stocked, tmp_path):
    bad = {**ANNA, "Email": "canary@@example", "Phone": "canary"}
    path = written(tmp_path / "a.csv", bad, {**ANNA, "Total Spent": "canary"})
    await shop.take(path)
    text = shop.report(path).read_text(encoding="utf-8")
    assert len(reported(shop, path)) >= 3
    assert "canary" not in text


class _Interfering(UnitOfWork):
    """A unit of work that somebody beats once, at the commit asked for."""

    def __init__(self, work, at):
        self.work, self.at, self.commits = work, at, 0

    async def commit(self, changes):
        self.commits += 1
        if self.commits == self.at:
            raise Stale
        await self.work.commit(changes)


async def test_a_conflict_is_solved_row_by_row(shop: Stocked, tmp_path):
    rows = people(BATCH + 5)
    rows[7]["Email"] = "no address"
    work = _Interfering(shop.importing.work, at=2)
    shop = replace(shop, importing=replace(shop.importing, work=work))
    path = written(tmp_path / "a.csv", *rows, rows[0])
    summary = await shop.take(path)
    assert work.commits > BATCH
    assert (summary.counts.created, summary.counts.unchanged, summary.counts.refused) == (
        *(BATCH + 4, 1, 1),
    )
    assert [line for line, *_ in reported(shop, path)] == [9]
    assert await shop.count("customers") == BATCH + 4


class _Busy(_Interfering):
    """A customer whom somebody changes before every commit."""

    async def commit(self, changes):
        if any(isinstance(change, CreateCustomer) for change in changes):
            raise Stale
        await self.work.commit(changes)


async def test_a_row_that_others_keep_changing_is_refused_in_the_end(shop: Stocked, tmp_path):
    busy = replace(shop.importing, work=_Busy(shop.importing.work, at=0))
    path = written(tmp_path / "a.csv", BORIS)
    assert (await replace(shop, importing=busy).take(path)).counts.refused == 1
    assert [code for _, _, _, code in reported(shop, path)] == ["CONTENTION"]


async def test_an_interrupted_run_goes_on_where_it_stopped(shop: Stocked, tmp_path):
    rows = people(3 * BATCH)
    rows[5]["Email"] = rows[-1]["Email"] = "no address"
    path = written(tmp_path / "a.csv", *rows)
    dying = Dying(shop.importing.work, after=3)
    with pytest.raises(Killed):
        await replace(shop, importing=replace(shop.importing, work=dying)).take(path)
    summary = await shop.take(path)
    assert summary.resumed_at == 2 * BATCH + 1
    assert (summary.counts.created, summary.counts.refused) == (3 * BATCH - 2, 2)
    assert [line for line, *_ in reported(shop, path)] == [7, 3 * BATCH + 1]
    assert await shop.count("customers") == 3 * BATCH - 2


class _Overtaken(Dying):
    """Lives on after so many commits, but before the next one a rival goes all its way."""

    def __init__(self, work, after, rival):
        super().__init__(work, after)
        self.rival = rival

    async def commit(self, changes):
        if not self.left:
            self.left = -1
            await self.rival()
        await super().commit(changes)


async def test_one_file_is_imported_by_one_process_at_a_time(shop: Stocked, tmp_path):
    path = written(tmp_path / "a.csv", *people(2 * BATCH))
    copy = written(tmp_path / "copy.csv", *people(2 * BATCH))

    slow = _Overtaken(shop.importing.work, 2, partial(shop.take, copy))
    with pytest.raises(ImportRunning):
        await replace(shop, importing=replace(shop.importing, work=slow)).take(path)
    assert await shop.count("customers") == 2 * BATCH


async def test_two_imports_that_define_the_same_attributes_both_go_through(shop, tmp_path):
    path = written(tmp_path / "a.csv", ANNA)
    rival = written(tmp_path / "b.csv", BORIS)

    slow = _Overtaken(shop.importing.work, 0, partial(shop.take, rival))
    await replace(shop, importing=replace(shop.importing, work=slow)).take(path)
    assert await shop.count("customers") == 2


async def test_a_mapped_file_says_nothing_of_the_columns_it_lacks(shop: Stocked, tmp_path):
    await shop.take(written(tmp_path / "a.csv", ANNA))
    mapping, people_file = tmp_path / "m.toml", tmp_path / "b.jsonl"
    mapping.write_text("[customer]\nemails = 'mail'\nname.given = 'first'\n", encoding="utf-8")
    people_file.write_text('{"mail": "ANNA@example.com", "first": "Ann"}\n', encoding="utf-8")
    summary = await shop.take(people_file, format=FileFormat.JSONL, mapping=mapping)
    assert summary.counts.updated == 1
    anna = await shop.by_email("anna@example.com")
    assert anna.name.formatted == "Ann Example"
    assert anna.phones
    assert anna.addresses


async def test_who_imported_is_remembered(shop: Stocked, tmp_path):
    await shop.take(written(tmp_path / "a.csv", ANNA))
    anna = await shop.by_email("anna@example.com")
    assert anna.tags[0].added_by == IMPORTER
