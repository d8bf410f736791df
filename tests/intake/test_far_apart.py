"""Rows about one person that no batch holds together, over a real database."""

import csv
from dataclasses import replace

import pytest

from tests.intake.dying import Dying, Killed
from tests.intake.exports import ANNA, written
from tests.intake.stocked import BATCH, Stocked

pytestmark = pytest.mark.wheel


@pytest.fixture
def shop(shop: Stocked) -> Stocked:
    return shop.in_small_batches()


def anna_says(word):
    return {**ANNA, "Accepts Email Marketing": word, "Accepts SMS Marketing": ""}


@pytest.fixture(params=[("no", "yes"), ("yes", "no")], ids=" then ".join)
def far_apart(request, tmp_path):
    """Anna first and last, and two batches of others between."""
    others = [{"First Name": "A", "Email": f"p{n}@example.com"} for n in range(2 * BATCH)]
    first, last = map(anna_says, request.param)
    return written(tmp_path / "a.csv", first, *others, last)


def remarks(shop, path):
    with shop.report(path).open(encoding="utf-8", newline="") as file:
        return [(row["line"], row["field"], row["code"]) for row in csv.DictReader(file)]


async def require_nothing_granted(shop):
    anna = await shop.by_email("anna@example.com")
    found = await shop.importing.stock.consents.standings([anna.id])
    assert found[anna.id].states == ()


async def test_the_no_counts_the_first_time_and_ever_after(shop: Stocked, far_apart):
    await shop.take(far_apart)
    await require_nothing_granted(shop)
    before = await shop.everything()
    shop.clock.pass_by(days=1)
    await shop.take(far_apart)
    assert await shop.everything() == before


@pytest.mark.parametrize("commits", [2, 3])
async def test_the_no_counts_across_an_interruption(shop: Stocked, far_apart, commits):
    dying = replace(shop.importing, work=Dying(shop.importing.work, commits))
    with pytest.raises(Killed):
        await replace(shop, importing=dying).take(far_apart)
    summary = await shop.take(far_apart)
    assert summary.resumed_at == (commits - 1) * BATCH + 1
    await require_nothing_granted(shop)


async def test_a_dry_run_tells_the_same(shop: Stocked, far_apart):
    dry = await shop.take(far_apart, write=False)
    told = remarks(shop, far_apart)
    wet = await shop.take(far_apart)
    assert told == remarks(shop, far_apart)
    assert [code for _, _, code in told] == ["CONSENT_REFUSED"]
    assert replace(dry.counts, updated=0, unchanged=0) == replace(
        wet.counts, updated=0, unchanged=0
    )
