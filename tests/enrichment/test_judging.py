"""People decide about values: what they accept is used, what they reject never comes back."""

from dataclasses import replace

import pytest

from consent.records import ConsentStatus
from domain.customer import Attribute, SaveCustomer
from domain.errors import ConsentRequired, InvalidState, NotFound
from domain.work import settle
from enrichment.records import AttributeStatus, EnrichmentMode
from tests.enrichment.rig import STAFF, Rig, Scripted, match

ACCEPTED, REJECTED = AttributeStatus.ACCEPTED, AttributeStatus.REJECTED


@pytest.fixture
async def shop(database):
    return await Rig(database, [Scripted()]).opened()


async def judge(shop, id_, word):
    return await settle(shop.work, lambda: shop.judging.decide(id_, word, STAFF))


async def test_a_rejected_value_leaves_the_profile_and_does_not_come_back(shop):
    ada = await shop.customer()
    await shop.start(ada)
    value = (await shop.enriched(ada))["acme", "segment"]
    assert (await judge(shop, value.id, REJECTED)).status is REJECTED
    assert await shop.projection(ada) == {}
    shop.clock.pass_by(days=1)
    await shop.start(ada)
    value = (await shop.enriched(ada))["acme", "segment"]
    assert value.status is REJECTED
    assert value.judgements[0].by == STAFF
    assert await shop.projection(ada) == {}


async def test_a_candidate_that_is_accepted_takes_the_winners_place(database):
    sources = [
        Scripted(),
        Scripted(lambda _: match(segment="silver"), key="globex", default_confidence=0.1),
    ]
    shop = await Rig(database, sources).opened()
    ada = await shop.customer()
    await shop.start(ada)
    found = await shop.enriched(ada)
    assert await shop.projection(ada) == {"segment": "gold"}
    await judge(shop, found["globex", "segment"].id, ACCEPTED)
    assert await shop.projection(ada) == {"segment": "silver"}


async def proposal(shop, ada):
    report = await shop.start(ada, EnrichmentMode.PROPOSE)
    return report.outcomes[0].proposed[0].id


async def test_an_accepted_proposal_is_put_on_the_profile_once(shop):
    ada = await shop.customer()
    proposed = await proposal(shop, ada)
    assert (await judge(shop, proposed, ACCEPTED)).status is ACCEPTED
    assert await shop.projection(ada) == {"segment": "gold"}
    outcome = await shop.runs.proposal(proposed)
    assert outcome.proposed[0].status is ACCEPTED


async def test_a_rejected_proposal_is_remembered(shop):
    ada = await shop.customer()
    assert (await judge(shop, await proposal(shop, ada), REJECTED)).status is REJECTED
    await shop.start(ada)
    assert await shop.projection(ada) == {}


async def test_accepting_needs_the_consent_that_asking_needed(shop):
    ada = await shop.customer()
    proposed = await proposal(shop, ada)
    await shop.consent(ada, ConsentStatus.WITHDRAWN)
    with pytest.raises(ConsentRequired):
        await judge(shop, proposed, ACCEPTED)
    assert (await judge(shop, proposed, REJECTED)).status is REJECTED
    assert await shop.enriched(ada) == {}
    with pytest.raises(InvalidState):
        await judge(shop, proposed, REJECTED)


async def test_a_new_consent_does_not_cover_what_was_proposed_under_a_withdrawn_one(shop):
    ada = await shop.customer()
    proposed = await proposal(shop, ada)
    shop.clock.pass_by(days=1)
    await shop.consent(ada, ConsentStatus.WITHDRAWN)
    shop.clock.pass_by(days=1)
    await shop.consent(ada)
    with pytest.raises(InvalidState, match="ask the source again"):
        await judge(shop, proposed, ACCEPTED)
    assert await shop.enriched(ada) == {}
    assert (await judge(shop, await proposal(shop, ada), ACCEPTED)).status is ACCEPTED


async def test_the_customers_own_value_cannot_be_pushed_aside(shop):
    ada = await shop.customer()
    proposed = await proposal(shop, ada)
    before = (await shop.customers.get_many([ada]))[ada]
    after = replace(before, attributes=(Attribute("segment", "mine"),))
    await shop.work.commit([SaveCustomer(before, after.saved(at=shop.clock.now))])
    with pytest.raises(InvalidState):
        await judge(shop, proposed, ACCEPTED)


async def test_only_two_words_are_known_and_only_values_there_are(shop):
    ada = await shop.customer()
    with pytest.raises(InvalidState):
        await judge(shop, await proposal(shop, ada), AttributeStatus.EXPIRED)
    with pytest.raises(NotFound):
        await judge(shop, "enr_00000000000000000000000000", ACCEPTED)
