"""Nothing of a person is read without an entry in the access log, and nothing else makes one."""

import pytest

from domain.access import SCOPES
from domain.personal import PiiClass
from tests.api.known import ACT, known

ALL = frozenset(SCOPES)
MASKED = ALL - {"pii:read"}
LATER = {**ACT, "collectedAt": "2026-04-02T09:00:00Z"}
RECORD = """mutation ($id: ID!, $acts: [ConsentInput!]!) {
  consentRecord(customer: {id: $id}, consents: $acts) { ... on ConsentPayload { %s } } }"""
ENRICH = """mutation ($id: ID!) { enrichmentStart(input: {target: {customer: {id: $id}}}) {
  __typename ... on EnrichmentPayload { replayed %s }
  ... on ConsentRequiredError { code %s } } }"""
DECIDE = """mutation ($id: ID!) { enrichedAttributeDecide(id: $id, status: PROPOSED) {
  ... on InvalidStateError { state } } }"""
BOOK = """mutation ($id: ID!) { loyaltyPointsAdjust(
  customer: {id: $id}, delta: 5, reason: "Order", idempotencyKey: "a") {
  ... on LoyaltyPayload { %s } } }"""
NOTE = """mutation ($id: ID!) { customerNoteAdd(customer: {id: $id}, text: "Likes tea.") {
  ... on NotePayload { %s } } }"""
ONE = "query ($id: ID!) { customer(by: {id: $id}) { id %s } }"
NODE = "query ($id: ID!) { node(id: $id) { %s } }"


@pytest.fixture
async def ids(ask):
    return await known(ask)


@pytest.fixture
def seen(send, ids):
    """Sends an operation about the known customer; the categories that they were seen in."""

    async def sent(query, scopes=ALL, kind="cus", **variables):
        _, context = await send(query, scopes, id=ids[kind], **variables)
        assert set().union(*context.disclosures.values()) <= {ids["cus"]}
        return {category for category, whom in context.disclosures.items() if whom}

    return sent


async def test_a_consent_record_by_its_id_is_a_read_of_whose_it_is(seen):
    assert await seen(NODE % "id", kind="con") == {PiiClass.BEHAVIOUR}
    nodes = "query ($id: ID!) { nodes(ids: [$id]) { ... on ConsentRecord { status } } }"
    assert await seen(nodes, kind="con") == {PiiClass.BEHAVIOUR}


@pytest.mark.parametrize("selected", ["records { status }", "states { status }", "records { id }"])
async def test_what_was_recorded_is_read_also_without_the_customer(seen, selected):
    assert await seen(RECORD % selected, acts=[LATER]) == {PiiClass.BEHAVIOUR}


@pytest.mark.parametrize("scopes", [ALL, MASKED])
@pytest.mark.parametrize("selected", ["country", "addresses { nodes { country } }"])
async def test_a_country_is_where_somebody_lives(seen, selected, scopes):
    assert await seen(ONE % selected, scopes) == {PiiClass.LOCATION}


@pytest.mark.parametrize("missing", ["", "missing { reason }"])
async def test_what_somebody_did_not_allow_is_told_by_the_refusal_already(ask, seen, ids, missing):
    refusal = {**LATER, "purpose": "enrichment", "channel": None, "status": "DENIED"}
    await ask(RECORD % "replayed", id=ids["cus"], acts=[refusal])
    assert await seen(ENRICH % ("", missing)) == {PiiClass.BEHAVIOUR}


@pytest.mark.parametrize("scopes", [ALL, MASKED])
@pytest.mark.parametrize("selected", ["id", "key", "status", "provenance { confidence }"])
async def test_that_a_source_knows_somebody_is_told_without_the_value(seen, selected, scopes):
    query = ONE % f"enrichedAttributes {{ {selected} }}"
    assert await seen(query, scopes) == {PiiClass.BEHAVIOUR}
    assert await seen(NODE % "id", scopes, kind="enr") == {PiiClass.BEHAVIOUR}


async def test_where_a_value_of_a_source_stands_is_told_by_a_refused_decision(seen):
    assert await seen(DECIDE, kind="enr") == {PiiClass.BEHAVIOUR}


@pytest.mark.parametrize("selected", ["matched", "id", "matches { outcome }"])
async def test_a_run_about_one_person_is_about_that_person(seen, selected):
    assert await seen(ENRICH % (f"run {{ {selected} }}", "")) == {PiiClass.BEHAVIOUR}
    query = f"query ($id: ID!) {{ enrichmentRun(id: $id) {{ {selected} }} }}"
    assert await seen(query, kind="run") == {PiiClass.BEHAVIOUR}


async def test_a_run_about_many_is_about_those_it_is_asked_for(ask, send, services, ids):
    started = """mutation { enrichmentStart(input: {target: {where: {}}}) {
      ... on EnrichmentPayload { run { id } } } }"""
    run = (await ask(started))["enrichmentStart"]["run"]["id"]
    await services.sweeping.run_next()
    query = "query ($id: ID!) { enrichmentRun(id: $id) { total %s } }"
    shown, context = await send(query % "", id=run)
    assert (shown["enrichmentRun"]["total"], dict(context.disclosures)) == (1, {})
    _, context = await send(ONE % "enrichmentRuns(first: 1) { nodes { id } }", id=ids["cus"])
    assert context.disclosures == {PiiClass.BEHAVIOUR: {ids["cus"]}}


@pytest.fixture
def asked_of_britons(send):
    """Starts a run over those of a filter that tells where somebody lives."""
    started = """mutation ($id: [ID!]) { enrichmentStart(idempotencyKey: "once",
      input: {target: {where: {id: $id, country: ["GB"]}}}) {
      ... on EnrichmentPayload { run { id total } } } }"""

    async def start(*whom):
        answer, context = await send(started, id=whom)
        return answer["enrichmentStart"]["run"], context.disclosures

    return start


async def test_whom_a_run_is_asked_for_by_a_filter_is_told_to_fit_it(asked_of_britons, ids):
    _, told = await asked_of_britons(ids["cus"])
    assert told == {PiiClass.LOCATION: {ids["cus"]}}


@pytest.mark.parametrize(
    ("selected", "categories"),
    [
        ("total", {PiiClass.LOCATION}),
        ("expected", {PiiClass.LOCATION}),
        ("matches { outcome }", {PiiClass.LOCATION, PiiClass.BEHAVIOUR}),
        ("attributes { id }", {PiiClass.LOCATION, PiiClass.BEHAVIOUR}),
    ],
)
async def test_the_figures_of_a_run_over_few_tell_of_each_what_its_filter_tells(
    asked_of_britons, send, services, ids, selected, categories
):
    run, _ = await asked_of_britons(ids["cus"])
    await services.sweeping.run_next()
    _, context = await send(
        f"query ($id: ID!) {{ enrichmentRun(id: $id) {{ {selected} }} }}", **run
    )
    assert context.disclosures == {category: {ids["cus"]} for category in categories}


async def test_the_answer_to_a_run_sent_again_tells_what_its_figures_tell(
    asked_of_britons, services, ids
):
    await asked_of_britons(ids["cus"])
    await services.sweeping.run_next()
    again, told = await asked_of_britons(ids["cus"])
    assert (again["total"], told) == (1, {PiiClass.LOCATION: {ids["cus"]}})


async def test_the_runs_of_a_customer_tell_what_they_were_found_by(
    asked_of_britons, send, services, ids
):
    await asked_of_britons(ids["cus"])
    await services.sweeping.run_next()
    _, context = await send(ONE % "enrichmentRuns(first: 1) { nodes { id } }", id=ids["cus"])
    assert set(context.disclosures) == {PiiClass.LOCATION, PiiClass.BEHAVIOUR}


@pytest.mark.parametrize("selected", ["transaction { id }", "account { id }", "tierChanged"])
async def test_a_booking_shown_is_a_read(seen, selected):
    assert await seen(BOOK % selected) == {PiiClass.BEHAVIOUR}


@pytest.mark.parametrize(
    ("query", "more"),
    [
        (RECORD % "replayed", {"acts": [LATER]}),
        (RECORD % "customer { id }", {"acts": [LATER]}),
        (BOOK % "replayed", {}),
        (NOTE % "replayed", {}),
        (ENRICH % ("", ""), {}),
        (ONE % "version primaryEmail { access }", {}),
    ],
)
async def test_an_answer_that_tells_nothing_is_no_read(seen, query, more):
    assert await seen(query, **more) == set()
