"""Enrichment over the API: sources, runs for one and many, values with their provenance."""

import asyncio
from dataclasses import replace

import pytest

from api import app, asgi, outside
from api.context import Context
from api.execution.auditing import Auditor
from api.schema import SCHEMA
from domain import cursors
from domain.access import SCOPES, Caller
from domain.ids import KeyId
from domain.personal import PiiClass
from enrichment import configuration
from enrichment.registry import Sources
from enrichment.sources import Misconfigured
from mongo.access_log import MongoAccessLog
from mongo.beside import beside

CREATE = """mutation($email: String!, $phone: String!) {
  customerCreate(input: {emails: [$email], phones: [$phone]}) {
    ... on CustomerPayload { customer { id } }
  }
}"""
CONSENT = """mutation($id: ID!, $status: ConsentStatus!) {
  consentRecord(customer: {id: $id}, consents: [{purpose: "enrichment", status: $status,
    collectedAt: "2026-05-01T12:00:00Z", source: "form", policyVersion: "v1", wording: "May we?"}]
  ) { __typename }
}"""
START = """mutation($input: EnrichmentStartInput!, $key: String) {
  enrichmentStart(input: $input, idempotencyKey: $key) {
    __typename
    ... on EnrichmentPayload { replayed run { id status mode total matched missed refused failed
      asked expected finishedAt requestedBy { label } sources { key }
      matches { customer { id displayName } consent { allowed reason record { purpose } }
        source { key name } matchedOn confidence outcome explanation }
      attributes { id key label value display status access
        provenance { sourceRecord matchedOn matchedBy confidence basis expiresAt
          source { key licence } run { id } consentRecord { purpose } } } } }
    ... on ConsentRequiredError { missing { allowed purpose reason } }
    ... on ValidationFailedError { issues { path code } }
    ... on Error { code message }
  }
}"""
DECIDE = """mutation($id: ID!, $status: AttributeStatus!) {
  enrichedAttributeDecide(id: $id, status: $status) {
    __typename
    ... on AttributeDecisionPayload { attribute { id status decidedBy { label } }
      customer { enrichedAttributes { key } } }
    ... on Error { code }
  }
}"""
PROFILE = """query($id: ID!, $status: [AttributeStatus!] = [ACCEPTED]) {
  customer(by: {id: $id}) {
    enrichedAttributes(status: $status) { id key value access status
      conflictsWith { value } provenance { sourceRecord } }
    enrichmentRuns(first: 1) { pageInfo { hasNextPage endCursor }
      nodes { mode matches { customer { id displayName } outcome } attributes { key } } }
  }
}"""


@pytest.fixture
def person(ask):
    async def made(number=1, *, status="GRANTED"):
        contacts = {"email": f"ada{number}@example.com", "phone": f"+120255501{number:02}"}
        created = (await ask(CREATE, **contacts))["customerCreate"]["customer"]["id"]
        if status:
            await ask(CONSENT, id=created, status=status)
        return created

    return made


@pytest.fixture
def start(ask):
    async def started(target, mode="EXECUTE", key=None, **more):
        given = {"target": target, "mode": mode, **more}
        return (await ask(START, input=given, key=key))["enrichmentStart"]

    return started


async def test_the_sources_say_what_they_offer_and_on_what_terms(ask):
    found = await ask(
        "{ enrichmentSources { id key name licence region fields purpose accepts enabled } }"
    )
    by_key = {source["key"]: source for source in found["enrichmentSources"]}
    assert sorted(by_key) == ["email_domain", "phone_metadata"]
    assert by_key["phone_metadata"]["accepts"] == ["PHONE"]
    assert by_key["phone_metadata"]["region"] is None
    assert "phone_country" in by_key["phone_metadata"]["fields"]


async def test_a_fragment_that_stands_in_two_places_asks_in_each_for_what_is_there(
    ask, person, start
):
    run = (await start({"customer": {"id": await person()}}))["run"]
    query = """query($id: ID!) {
      a: enrichmentRun(id: $id) { ...F }
      b: enrichmentRun(id: $id) { ...F matches { customer { tags { nodes { key } } } } }
    }
    fragment F on EnrichmentRun { matches { customer { id notes { nodes { id } } } } }"""
    for _ in range(6):
        found = await ask(query, id=run["id"])
        assert found["a"]["matches"][0]["customer"].keys() == {"id", "notes"}
        assert found["b"]["matches"][0]["customer"].keys() == {"id", "notes", "tags"}


async def test_a_customer_who_allowed_it_is_enriched_with_provenance(ask, person, start):
    ada = await person()
    run = (await start({"customer": {"id": ada}}))["run"]
    assert (run["status"], run["total"], run["matched"], run["expected"]) == ("SUCCEEDED", 1, 1, 1)
    assert {match["outcome"] for match in run["matches"]} == {"MATCH"}
    assert all(match["customer"]["id"] == ada for match in run["matches"])
    assert all(match["consent"]["reason"] == "GRANTED" for match in run["matches"])
    values = {value["key"]: value for value in run["attributes"]}
    country = values["phone_country"]
    assert (country["value"], country["status"]) == ("US", "ACCEPTED")
    assert country["label"] == "Country of the phone"
    origin = country["provenance"]
    assert (origin["source"]["key"], origin["matchedOn"]) == ("phone_metadata", ["PHONE"])
    assert (origin["basis"], origin["consentRecord"]) == ("CONSENT", {"purpose": "enrichment"})
    assert origin["run"]["id"] == run["id"]
    assert values["phone_time_zones"]["value"] == ["America/New_York"]
    assert values["phone_time_zones"]["display"] == "America/New_York"
    profile = (await ask(PROFILE, id=ada))["customer"]
    assert "phone_country" in {value["key"] for value in profile["enrichedAttributes"]}
    (again,) = profile["enrichmentRuns"]["nodes"]
    assert {match["customer"]["id"] for match in again["matches"]} == {ada}
    assert "phone_country" in {value["key"] for value in again["attributes"]}
    listed = await ask(
        """{ customers(where: {enriched: {key: "phone_country", eq: "US"}}) { nodes { id } } }"""
    )
    assert [node["id"] for node in listed["customers"]["nodes"]] == [ada]


@pytest.mark.parametrize(
    ("status", "reason"), [(None, "NO_RECORD"), ("DENIED", "DENIED"), ("WITHDRAWN", "WITHDRAWN")]
)
async def test_without_consent_the_refusal_says_what_is_missing(person, start, status, reason):
    ada = await person(status=status)
    refused = await start({"customer": {"email": "ada1@example.com"}})
    assert (refused["__typename"], refused["code"]) == ("ConsentRequiredError", "CONSENT_REQUIRED")
    assert refused["missing"] == [{"allowed": False, "purpose": "enrichment", "reason": reason}]
    assert ada


FOUND = """{ customers(where: {enriched: {key: "phone_country", eq: "US"}}) { nodes { id } }
  others: customers(where: {enriched: {key: "phone_country", exists: false}}) { nodes { id } } }"""


async def test_a_withdrawal_hides_values_at_once_from_readers_and_filters(ask, send, person, start):
    ada = await person()
    run = (await start({"customer": {"id": ada}}))["run"]["id"]
    await ask(CONSENT, id=ada, status="WITHDRAWN")
    profile, context = await send(PROFILE, id=ada)
    values = profile["customer"]["enrichedAttributes"]
    assert values
    assert all(value["value"] is None for value in values)
    assert {value["access"] for value in values} == {"MASKED_NO_CONSENT"}
    assert {value["provenance"]["sourceRecord"] for value in values} == {"•••"}
    assert PiiClass.LOCATION not in context.disclosures
    shown = await ask(
        "query($id: ID!) { enrichmentRun(id: $id) { attributes { value display access } } }", id=run
    )
    hidden = {"value": None, "display": None, "access": "MASKED_NO_CONSENT"}
    assert all(value == hidden for value in shown["enrichmentRun"]["attributes"])
    found = await ask(FOUND)
    assert found["customers"]["nodes"] == []
    assert found["others"]["nodes"] == [{"id": ada}]


async def test_a_withdrawal_hides_what_a_run_only_proposed(ask, person, start):
    ada = await person()
    run = (await start({"customer": {"id": ada}}, "PROPOSE"))["run"]["id"]
    await ask(CONSENT, id=ada, status="WITHDRAWN")
    shown = await ask(
        "query($id: ID!) { enrichmentRun(id: $id) { attributes { value access } } }", id=run
    )
    values = shown["enrichmentRun"]["attributes"]
    assert values
    assert all(v == {"value": None, "access": "MASKED_NO_CONSENT"} for v in values)


async def test_a_plan_writes_nothing_and_a_proposal_shows_without_writing(ask, person, start):
    ada = await person()
    plan = (await start({"customer": {"id": ada}}, "PLAN"))["run"]
    assert {match["outcome"] for match in plan["matches"]} == {"WOULD_ASK"}
    assert (plan["asked"], plan["matched"], plan["attributes"]) == (1, 0, [])
    proposed = (await start({"customer": {"id": ada}}, "PROPOSE"))["run"]
    assert {value["status"] for value in proposed["attributes"]} == {"PROPOSED"}
    assert (await ask(PROFILE, id=ada))["customer"]["enrichedAttributes"] == []


async def test_a_proposal_is_accepted_and_a_rejected_value_stays_away(ask, person, start):
    ada = await person()
    proposed = (await start({"customer": {"id": ada}}, "PROPOSE"))["run"]["attributes"]
    first = next(value for value in proposed if value["key"] == "phone_country")
    decided = (await ask(DECIDE, id=first["id"], status="ACCEPTED"))["enrichedAttributeDecide"]
    assert decided["attribute"]["status"] == "ACCEPTED"
    assert decided["attribute"]["decidedBy"] == {"label": "tests"}
    assert decided["customer"]["enrichedAttributes"] == [{"key": "phone_country"}]
    value = decided["attribute"]["id"]
    decided = (await ask(DECIDE, id=value, status="REJECTED"))["enrichedAttributeDecide"]
    assert decided["customer"]["enrichedAttributes"] == []
    await start({"customer": {"id": ada}})
    kept = (await ask(PROFILE, id=ada, status=["REJECTED"]))["customer"]["enrichedAttributes"]
    assert [value["key"] for value in kept] == ["phone_country"]
    wrong = (await ask(DECIDE, id=value, status="EXPIRED"))["enrichedAttributeDecide"]
    assert wrong["code"] == "INVALID_STATE"
    gone = await ask(DECIDE, id="enr_00000000000000000000000000", status="REJECTED")
    assert gone["enrichedAttributeDecide"]["code"] == "NOT_FOUND"


async def test_a_run_over_many_is_queued_and_its_counts_add_up(ask, services, person, start):
    for number, status in enumerate(["GRANTED", "DENIED", "GRANTED", None]):
        await person(number, status=status)
    queued = (await start({"where": {}}))["run"]
    assert (queued["status"], queued["total"], queued["matches"]) == ("QUEUED", 0, [])
    await services.sweeping.run_now(queued["id"])
    run = (
        await ask(
            """query($id: ID!, $after: String) { enrichmentRun(id: $id) {
                 status total matched missed refused failed expected finishedAt
                 matches(first: 2, after: $after) { cursor outcome } } }""",
            id=queued["id"],
        )
    )["enrichmentRun"]
    assert (run["status"], run["total"], run["expected"]) == ("SUCCEEDED", 4, 4)
    assert (run["matched"], run["refused"]) == (2, 2)
    assert run["total"] == run["matched"] + run["missed"] + run["refused"] + run["failed"]
    assert len(run["matches"]) == 4  # two customers, two sources
    rest = await ask(
        """query($id: ID!, $after: String!) { enrichmentRun(id: $id) {
             matches(first: 100, after: $after) { cursor } } }""",
        id=queued["id"],
        after=run["matches"][-1]["cursor"],
    )
    assert len(rest["enrichmentRun"]["matches"]) == 4


async def test_the_same_key_answers_with_the_same_run(person, start):
    ada = await person()
    first = await start({"customer": {"id": ada}}, key="once")
    second = await start({"customer": {"id": ada}}, key="once")
    assert (first["replayed"], second["replayed"]) == (False, True)
    assert first["run"]["id"] == second["run"]["id"]
    other = await start({"customer": {"id": ada}}, "PLAN", key="once")
    assert other["code"] == "IDEMPOTENCY_MISMATCH"


async def test_what_cannot_be_asked_is_named(start):
    unknown = await start({"customer": {"email": "nobody@example.com"}})
    assert unknown["code"] == "NOT_FOUND"
    source = await start({"where": {}}, sources=["globex"])
    assert source["issues"] == [{"path": ["input", "sources"], "code": "SOURCE_UNKNOWN"}]


async def test_without_pii_read_values_are_masked_and_say_so(send, person, start):
    ada = await person()
    await start({"customer": {"id": ada}})
    shown, context = await send(PROFILE, id=ada)
    assert ada in context.disclosures[PiiClass.LOCATION]
    masked, context = await send(PROFILE, frozenset(SCOPES) - {"pii:read"}, id=ada)
    value = masked["customer"]["enrichedAttributes"][0]
    assert (value["value"], value["access"]) == (None, "MASKED_NO_SCOPE")
    assert value["provenance"]["sourceRecord"] == "•••"
    assert PiiClass.LOCATION not in context.disclosures
    assert shown["customer"]["enrichedAttributes"][0]["access"] == "GRANTED"


async def test_everything_has_an_id_that_node_knows(ask, person, start):
    run = (await start({"customer": {"id": await person()}}))["run"]
    sources = (await ask("{ enrichmentSources { id } }"))["enrichmentSources"]
    ids = [run["id"], run["attributes"][0]["id"], sources[0]["id"]]
    found = await ask("query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", ids=ids)
    assert [node["__typename"] for node in found["nodes"]] == [
        "EnrichmentRun",
        "EnrichedAttribute",
        "EnrichmentSource",
    ]
    reader = frozenset({"customers:read"})
    hidden = await ask("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", reader, ids=ids)
    assert hidden["nodes"] == [None, None, None]


async def test_a_run_of_a_customer_is_paged(ask, person, start):
    ada = await person()
    modes = ["PLAN", "PROPOSE", "EXECUTE"]
    for mode in modes:
        await start({"customer": {"id": ada}}, mode)
    seen, after = [], None
    query = """query($id: ID!, $after: String) { customer(by: {id: $id}) {
      enrichmentRuns(first: 2, after: $after) {
        nodes { mode } pageInfo { hasNextPage hasPreviousPage endCursor } } } }"""
    while True:
        page = (await ask(query, id=ada, after=after))["customer"]["enrichmentRuns"]
        seen += [node["mode"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == modes[::-1]


async def test_the_server_carries_queued_runs_in_the_background(ask, services, person, start):
    await person()
    queued = (await start({"where": {}}))["run"]["id"]
    query = "query($id: ID!) { enrichmentRun(id: $id) { finishedAt matched } }"
    async with asyncio.timeout(20), asgi.working(services, beside):
        run = {"finishedAt": None}
        while run["finishedAt"] is None:
            await asyncio.sleep(0.05)
            run = (await ask(query, id=queued))["enrichmentRun"]
    assert run["matched"] == 1


async def test_a_source_that_cannot_work_stops_the_start(database, services, tmp_path):
    (tmp_path / "sources.toml").write_text(
        '[[source]]\nkind = "table_file"\nkey = "acme"\nname = "Acme"\nlicence = "c"\n'
        'file = "gone.csv"\n[source.match]\nemail_hash = { column = "h", recipe = "meta.v1" }\n'
        '[source.attributes]\nsize = { column = "s" }\n'
    )
    sources = configuration.load(tmp_path / "sources.toml")
    broken = app.composed(database, services.once.secret, services.clock, sources=sources)
    with pytest.raises(Misconfigured, match=r"gone\.csv is missing"):
        async with asgi.working(broken, beside):
            pass


@pytest.fixture
def execute(services, database):
    """The whole result, errors included, over these services or others."""
    schema = SCHEMA.audited_by(Auditor(MongoAccessLog(database), services.clock, outside.new_id))

    async def executed(query, scopes=frozenset(SCOPES), over=services, **variables):
        context = Context(over, Caller(KeyId("key_test"), "tests", scopes), "request")
        return await schema.execute(query, variables, context_value=context)

    return executed


@pytest.mark.parametrize(
    "selection", ["enrichedAttributes { key }", "enrichmentRuns { nodes { mode } }"]
)
async def test_who_may_not_read_enrichment_is_told_so(execute, person, selection):
    query = f'{{ customer(by: {{id: "{await person()}"}}) {{ id {selection} }} }}'
    found = await execute(query, frozenset({"customers:read"}))
    assert [error.extensions["code"] for error in found.errors] == ["FORBIDDEN"]


@pytest.mark.parametrize("cursor", ["nonsense", cursors.sealed("not a run", "runs")])
async def test_a_cursor_of_another_list_is_refused(execute, person, cursor):
    query = """query($id: ID!, $after: String) { customer(by: {id: $id}) {
      enrichmentRuns(after: $after) { nodes { mode } } } }"""
    assert (await execute(query, id=await person(), after=cursor)).errors


async def test_values_outlive_their_source(execute, services, person, start):
    ada = await person()
    await start({"customer": {"id": ada}})
    gone = replace(services.enrichment.deciding, sources=Sources([]))
    without = replace(services, enrichment=replace(services.enrichment, deciding=gone))
    query = """query($id: ID!) { customer(by: {id: $id}) {
      enrichedAttributes { label provenance { source { key enabled } } } } }"""
    found = await execute(query, over=without, id=ada)
    values = found.data["customer"]["enrichedAttributes"]
    assert {value["provenance"]["source"]["enabled"] for value in values} == {False}
