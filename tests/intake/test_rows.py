"""Several rows about one person: whatever their order and distance, a no of the file counts."""

import csv
import io

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from consent import policy
from consent.purposes import START, PurposeTree, ancestors
from consent.records import Channel, ConsentStatus
from consent.reducing import REFUSALS
from consent.service import Consents
from customers.drafts import CustomerDraft
from intake import matching
from tests.intake.dying import Dying, Killed
from tests.intake.memory import Memory, Sheet
from tests.intake.sheets import ACTS, APART, TANGLED, row, said, shuffled
from tests.shop import CLERK, new_id

TREE = PurposeTree(START)
SIZES = st.integers(1, 3)


def met(channel, other):
    return None in (channel, other) or channel is other


def lines(report):
    return list(csv.reader(io.StringIO(report)))


def taken_in(sheet, report):
    out = {int(line) for line, outcome, *_ in lines(report) if outcome == "refused"}
    return [draft for line, draft in enumerate(sheet.drafts, 2) if line not in out]


def refused(drafts, customer):
    """Every lane that rows about this customer say no to."""
    about = [d for d in drafts if matching.strongest(d) in customer.identities()]
    acts = [act for draft in about for act in draft.consents if act.status in REFUSALS]
    return {(act.purpose, act.channel) for act in acts}


def granted(memory, customer):
    """Every lane that may be used."""
    standing = memory.shelf.standing(customer.id)
    now, status = memory.clock(), standing.status
    for state in standing.states:
        decided = policy.decide(standing, TREE, state.purpose, state.channel, now, status=status)
        if decided.allowed:
            yield state.purpose, state.channel


def require_obeyed(drafts, memory):
    for customer in memory.people():
        for purpose, channel in granted(memory, customer):
            for no, of in refused(drafts, customer):
                assert no not in (purpose, *ancestors(purpose)) or not met(of, channel)


@given(TANGLED, SIZES, st.booleans())
async def test_a_file_grants_nothing_that_any_row_of_it_refuses(sheet, size, refusals):
    memory = Memory()
    _, report = await memory.take(sheet, batch=size, refusals=refusals)
    require_obeyed(taken_in(sheet, report), memory)


async def knowing(acts):
    """Somebody who told us directly what they want; another file brought them."""
    memory = Memory()
    await memory.take(Sheet((row(1, "a"),), "another file"))
    (anna,) = memory.people()
    near = memory.importing(1, None).stock
    consents = Consents(near.consents, near.purposes, memory.clock, new_id)
    if acts:
        await memory.commit((await consents.record(anna.id, acts, CLERK)).changes)
    return memory, anna


TOLD = st.lists(ACTS, max_size=2)


@given(TOLD, TANGLED, SIZES, st.booleans())
async def test_the_same_file_twice_changes_nothing(acts, sheet, size, refusals):
    memory, _ = await knowing(acts)
    first, _ = await memory.take(sheet, batch=size, refusals=refusals)
    assume(not first.counts.refused)
    before = memory.everything()
    again, _ = await memory.take(sheet, batch=size, refusals=refusals)
    assert again.counts.unchanged == len(sheet.drafts)
    assert memory.everything() == before


@given(APART, st.booleans())
async def test_rows_that_contradict_each_other_end_the_same_every_time(sheet, refusals):
    memory = Memory()
    await memory.take(sheet, refusals=refusals)
    before = memory.told()
    await memory.take(sheet, refusals=refusals)
    assert memory.told() == before


@given(TOLD, TANGLED, SIZES, st.booleans())
async def test_batches_of_any_size_come_to_the_same(acts, sheet, size, refusals):
    (whole, _), (split, _) = await knowing(acts), await knowing(acts)
    await whole.take(sheet, refusals=refusals)
    await split.take(sheet, batch=size, refusals=refusals)
    assert split.told() == whole.told()


@given(APART.flatmap(lambda s: st.tuples(st.just(s), shuffled(s))), SIZES, st.booleans())
async def test_the_order_of_rows_about_different_people_does_not_matter(sheets, size, refusals):
    one, other = Memory(), Memory()
    await one.take(sheets[0], batch=size, refusals=refusals)
    await other.take(sheets[1], batch=size, refusals=refusals)
    assert other.told() == one.told()


@given(TANGLED, SIZES, st.integers(0, 6), st.booleans())
async def test_a_killed_run_and_its_second_half_come_to_the_same(sheet, size, commits, restart):
    whole, killed = Memory(), Memory()
    first, report = await whole.take(sheet, batch=size)
    assume(not (restart and first.counts.refused))
    try:
        await killed.take(sheet, batch=size, work=Dying(killed, commits))
    except Killed:
        await killed.take(sheet, batch=size, restart=restart)
    require_obeyed(taken_in(sheet, report), killed)
    assert killed.told() == whole.told()


@given(APART, SIZES, st.booleans())
async def test_a_dry_run_says_which_yes_the_file_itself_refuses(sheet, size, refusals):
    memory = Memory()
    _, dry = await memory.take(sheet, batch=size, refusals=refusals, write=False)
    _, wet = await memory.take(sheet, batch=size, refusals=refusals)
    assert unlike_each_other(dry) == unlike_each_other(wet)


def unlike_each_other(report):
    """A dry run forgets between batches that a yes is known: it may say so once more."""
    return [line for line in lines(report) if line[4] != "CONSENT_UNPROVED"]


@given(TOLD, TANGLED, SIZES)
async def test_no_refusal_that_a_person_gave_is_lifted(acts, sheet, size):
    memory, anna = await knowing(acts)
    before = refusing(memory, anna)
    await memory.take(sheet, batch=size)
    assert before <= refusing(memory, anna)


def refusing(memory, customer):
    states = memory.shelf.standing(customer.id).states
    return {(s.purpose, s.channel) for s in states if s.status in REFUSALS}


async def test_a_person_is_found_again_by_a_number_whose_country_is_in_small_letters():
    sheet = Sheet((CustomerDraft(phones=("030 23125042",), default_phone_region=" de"),))
    memory = Memory()
    await memory.take(sheet)
    again, _ = await memory.take(sheet)
    assert again.counts.unchanged == 1


YES, NO = said(ConsentStatus.GRANTED), said(ConsentStatus.DENIED)
BELOW = said(ConsentStatus.GRANTED, "marketing.newsletter")


@pytest.mark.parametrize("size", [1, 2])
@pytest.mark.parametrize("acts", [(NO, YES), (YES, NO), (NO, BELOW), (BELOW, NO)])
async def test_a_no_wins_over_a_yes_in_another_row(acts, size):
    memory = Memory()
    sheet = Sheet(tuple(row(1, "a", [act]) for act in acts))
    _, report = await memory.take(sheet, batch=size)
    assert not memory.shelf.standings[memory.people()[0].id].states
    assert "CONSENT_REFUSED" in report


BECOMING_ONE = Sheet((row(1, None, [BELOW]), row(1, "a"), row(None, "a", [NO])))


async def test_a_no_wins_over_a_yes_told_before_both_were_known_to_be_one_person():
    memory = Memory()
    await memory.take(BECOMING_ONE)
    (anna,) = memory.people()
    assert list(granted(memory, anna)) == []


async def test_a_run_begun_again_knows_what_its_first_half_granted():
    memory = Memory()
    with pytest.raises(Killed):
        await memory.take(BECOMING_ONE, batch=1, work=Dying(memory, 2))
    (anna,) = memory.people()
    assert list(granted(memory, anna))
    await memory.take(BECOMING_ONE, batch=1, restart=True)
    assert list(granted(memory, anna)) == []


async def test_an_identity_gained_in_the_batch_before_brings_its_consents_along():
    memory, anna = await knowing([said(ConsentStatus.WITHDRAWN)])
    summary, report = await memory.take(Sheet((row(1, "b"), row(None, "b", [YES]))), batch=1)
    assert (summary.counts.refused, "CONSENT_WITHDRAWN" in report) == (0, True)
    assert refusing(memory, anna) == {("marketing", Channel.EMAIL)}


async def test_a_no_to_the_whole_leaves_a_yes_to_a_part_from_another_file():
    memory = Memory()
    await memory.take(Sheet((row(1, "a", [BELOW]),), "another file"))
    await memory.take(Sheet((row(1, "a", [NO]),)))
    (anna,) = memory.people()
    assert [purpose for purpose, _ in granted(memory, anna)] == ["marketing.newsletter"]
