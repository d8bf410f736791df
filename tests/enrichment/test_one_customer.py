"""Enriching one customer: allowed where consent allows it, refused with a reason elsewhere."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from consent.records import ConsentStatus, LawfulBasis
from domain.contact import email
from domain.customer import Attribute, CustomerStatus, EmailIdentity, SaveCustomer
from domain.errors import ConsentRequired, Invalid, NotFound
from domain.ids import CUSTOMER, typed
from domain.query import CustomerQuery, HasAttribute
from domain.work import settle
from enrichment.records import AttributeStatus, EnrichmentMode, JobStatus, Terms, Verdict
from enrichment.sources import MatchResult, Outcome, Trust
from tests.enrichment.rig import STAFF, Forbidden, Rig, Scripted, match


async def rig(database, *sources):
    return await Rig(database, list(sources)).opened()


async def test_a_match_is_written_with_everything_about_where_it_came_from(database):
    source = Scripted(ttl=timedelta(days=30), licence="contract 7")
    shop = await rig(database, source)
    ada = await shop.customer()
    report = await shop.start(ada)
    assert (report.run.status, report.run.counts.total) == (JobStatus.SUCCEEDED, 1)
    assert report.run.counts.matched == 1
    value = (await shop.enriched(ada))["acme", "segment"]
    assert (value.value, value.status) == ("gold", AttributeStatus.ACCEPTED)
    origin = value.provenance
    assert (origin.source, origin.licence, origin.record) == ("acme", "contract 7", "row 1")
    assert (origin.confidence, origin.run_id) == (0.9, report.run.id)
    assert [on.recipe for on in origin.matched_on] == ["lower_trim.v1"]
    assert origin.expires_at == shop.clock.now + timedelta(days=30)
    assert origin.permission.basis is LawfulBasis.CONSENT
    record = (await shop.consents.standings([ada]))[ada].states[0].record_id
    assert origin.permission.record_id == record
    assert await shop.projection(ada) == {"segment": "gold"}
    assert await shop.stored("outbox") == 2  # the consent, the enrichment


async def test_only_a_hash_reaches_a_source_that_takes_hashes(database):
    source = Scripted()
    shop = await rig(database, source)
    await shop.start(await shop.customer())
    (question,) = source.questions
    assert [len(key.value) for key in question.keys] == [64]


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (None, "NO_RECORD"),
        (ConsentStatus.DENIED, "DENIED"),
        (ConsentStatus.WITHDRAWN, "WITHDRAWN"),
    ],
)
@pytest.mark.parametrize("mode", list(EnrichmentMode))
async def test_without_consent_no_key_reaches_any_source(database, mode, status, reason):
    source = Forbidden()
    shop = await rig(database, source)
    ada = await shop.customer(granted=False)
    if status is not None:
        await shop.consent(ada, status)
    with pytest.raises(ConsentRequired) as refusal:
        await shop.start(ada, mode)
    assert [decision.reason for decision in refusal.value.missing] == [reason]
    assert source.questions == []
    assert await shop.stored("enrichment_runs") == 0


async def test_a_restricted_customer_is_not_enriched(database):
    shop = await rig(database, Forbidden())
    ada = await shop.customer()
    before = (await shop.customers.get_many([ada]))[ada]
    after = replace(before, status=CustomerStatus.RESTRICTED).saved(at=shop.clock.now)
    await shop.work.commit([SaveCustomer(before, after)])
    with pytest.raises(ConsentRequired):
        await shop.start(ada)


async def test_a_plan_sends_nothing_and_says_what_it_would_send(database):
    source = Forbidden()
    shop = await rig(database, source)
    report = await shop.start(await shop.customer(), EnrichmentMode.PLAN)
    (outcome,) = report.outcomes
    assert source.questions == []
    assert (outcome.answers[0].outcome, outcome.answers[0].explanation) == (
        "WOULD_ASK",
        ("would be asked by EMAIL_HASH (lower_trim.v1)",),
    )
    assert (report.run.counts.matched, report.run.counts.asked, report.run.counts.total) == (
        0,
        1,
        1,
    )


async def test_a_proposal_is_answered_and_kept_with_the_run_but_not_on_the_profile(database):
    shop = await rig(database, Scripted())
    ada = await shop.customer()
    report = await shop.start(ada, EnrichmentMode.PROPOSE)
    (value,) = report.outcomes[0].proposed
    assert (value.value, value.status) == ("gold", AttributeStatus.PROPOSED)
    assert await shop.enriched(ada) == {}
    assert await shop.projection(ada) == {}
    assert await shop.enrichment.report(report.run.id) == report


@pytest.mark.parametrize("mode", [EnrichmentMode.EXECUTE, EnrichmentMode.PROPOSE])
async def test_a_withdrawal_while_the_source_is_asked_wins(database, mode):
    source = Scripted()
    shop = await rig(database, source)
    ada = await shop.customer()

    async def withdraw(_):
        await shop.consent(ada, ConsentStatus.WITHDRAWN)
        return match()

    source.answer = withdraw
    with pytest.raises(ConsentRequired) as refusal:
        await shop.start(ada, mode)
    assert refusal.value.missing[0].reason == "WITHDRAWN"
    assert len(source.questions) == 1
    for collection in ("enriched_attributes", "enrichment_runs", "enrichment_outcomes"):
        assert await shop.stored(collection) == 0
    assert await shop.projection(ada) == {}


async def test_consent_that_ends_while_the_source_is_asked_is_noticed(database):
    source = Scripted()
    shop = await rig(database, source)
    ada = await shop.customer(granted=False)
    await shop.consent(ada, until=shop.clock.now + timedelta(minutes=1))

    def linger(_):
        shop.clock.pass_by(minutes=2)
        return match()

    source.answer = linger
    with pytest.raises(ConsentRequired) as refusal:
        await shop.start(ada)
    assert refusal.value.missing[0].reason == "EXPIRED"
    assert await shop.enriched(ada) == {}


async def test_an_edit_while_the_source_is_asked_decides_again_without_asking_again(database):
    source = Scripted()
    shop = await rig(database, source)
    ada = await shop.customer()

    async def edit(_):
        before = (await shop.customers.get_many([ada]))[ada]
        after = replace(before, attributes=(Attribute("segment", "silver"),))
        await shop.work.commit([SaveCustomer(before, after.saved(at=shop.clock.now))])
        return match()

    source.answer = edit
    await shop.start(ada)
    assert len(source.questions) == 1
    value = (await shop.enriched(ada))["acme", "segment"]
    assert value.status is AttributeStatus.SUPERSEDED
    assert await shop.projection(ada) == {}


async def test_the_more_trusted_source_wins_and_the_other_stays_a_candidate(database):
    declared = Scripted(key="form", trust=Trust.DECLARED, default_confidence=0.2)
    partner = Scripted(lambda _: match(segment="silver", household_size=2), key="acme")
    shop = await rig(database, partner, declared)
    ada = await shop.customer()
    await shop.start(ada)
    found = await shop.enriched(ada)
    assert found["form", "segment"].status is AttributeStatus.ACCEPTED
    assert found["acme", "segment"].status is AttributeStatus.SUPERSEDED
    assert await shop.projection(ada) == {"segment": "gold", "household_size": 2}
    where = HasAttribute("segment", enriched=True, values=("gold",))
    page = await shop.customers.page(CustomerQuery(where=where))
    assert [row.item.id for row in page.rows] == [ada]


async def test_asking_again_replaces_what_the_same_source_said(database):
    answers = iter(["gold", "silver"])
    shop = await rig(database, Scripted(lambda _: match(segment=next(answers))))
    ada = await shop.customer()
    first = (await shop.start(ada)).outcomes[0].written
    shop.clock.pass_by(hours=1)
    second = (await shop.start(ada)).outcomes[0].written
    assert first == second
    assert await shop.projection(ada) == {"segment": "silver"}
    assert await shop.stored("enriched_attributes") == 1
    runs = await shop.runs.of_customers([ada], 10)
    assert len(runs[ada]) == 2


@pytest.mark.parametrize(
    ("answer", "verdict", "status"),
    [
        (MatchResult(Outcome.MISS), Verdict.MISSED, JobStatus.SUCCEEDED),
        (MatchResult(Outcome.AMBIGUOUS), Verdict.MISSED, JobStatus.SUCCEEDED),
        (MatchResult(Outcome.UNAVAILABLE), Verdict.FAILED, JobStatus.FAILED),
    ],
)
async def test_nothing_but_a_match_is_written(database, answer, verdict, status):
    shop = await rig(database, Scripted(lambda _: answer))
    ada = await shop.customer()
    report = await shop.start(ada)
    assert (report.outcomes[0].verdict, report.run.status) == (verdict, status)
    assert await shop.enriched(ada) == {}


async def test_a_match_below_the_confidence_asked_for_is_a_miss(database):
    shop = await rig(database, Scripted(default_confidence=0.5))
    ada = await shop.customer()
    report = await shop.start(ada, min_confidence=0.6)
    assert report.outcomes[0].verdict is Verdict.MISSED
    assert "less confident" in report.outcomes[0].answers[0].explanation[0]
    assert await shop.enriched(ada) == {}


async def test_a_shared_mailbox_is_withheld_and_said_so(database):
    source = Forbidden()
    shop = await rig(database, source)
    ada = await shop.customer(granted=True)
    before = (await shop.customers.get_many([ada]))[ada]
    office = replace(before, emails=(EmailIdentity(email("info@example.com")),))
    await shop.work.commit([SaveCustomer(before, office.saved(at=shop.clock.now))])
    report = await shop.start(ada)
    assert report.outcomes[0].answers[0].outcome == "NO_KEY"
    assert report.outcomes[0].answers[0].explanation == ("EMAIL: shared by many people",)


@pytest.mark.parametrize(
    ("terms", "path"),
    [
        ({"sources": ("globex",)}, ("input", "sources")),
        ({"attributes": ("shoe_size",)}, ("input", "attributes")),
        ({"min_confidence": 1.5}, ("input", "minConfidence")),
    ],
)
async def test_what_no_source_offers_is_refused_before_anything_happens(database, terms, path):
    shop = await rig(database, Forbidden())
    with pytest.raises(Invalid) as refusal:
        shop.enrichment.start(await shop.customer(), Terms(**terms), STAFF)
    assert refusal.value.path == path


async def test_only_what_was_asked_for_is_asked(database):
    source = Scripted(lambda _: match(segment="gold", household_size=3))
    shop = await rig(database, source)
    ada = await shop.customer()
    await shop.start(ada, attributes=("household_size",))
    assert source.questions[0].attributes == {"household_size"}
    assert await shop.projection(ada) == {"household_size": 3}


async def test_nobody_there_is_not_found(database):
    shop = await rig(database, Forbidden())
    with pytest.raises(NotFound):
        await shop.start(typed(CUSTOMER, 1))
    with pytest.raises(NotFound):
        await shop.enrichment.report("run_00000000000000000000000000")


async def test_two_runs_at_once_lose_no_value(database):
    sources = [
        Scripted(lambda _: match(segment="gold"), key="acme"),
        Scripted(lambda _: match(household_size=2), key="globex"),
    ]
    shop = await rig(database, *sources)
    ada = await shop.customer()
    async with asyncio.TaskGroup() as group:
        for name in ("acme", "globex"):
            group.create_task(shop.start(ada, sources=(name,)))
    assert await shop.projection(ada) == {"segment": "gold", "household_size": 2}


async def test_a_decision_made_again_answers_the_same_run(database):
    shop = await rig(database, Scripted())
    ada = await shop.customer()
    decide = shop.enrichment.start(ada, Terms(mode=EnrichmentMode.EXECUTE), STAFF)
    first, second = await decide(), await decide()
    assert first.value.run.id == second.value.run.id
    await settle(shop.work, decide)
