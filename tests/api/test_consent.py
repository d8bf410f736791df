"""Consent as a front end meets it: recorded, asked about, shown with its evidence."""

from typing import Annotated

import pytest
import strawberry
from strawberry.schema.config import StrawberryConfig

from api import consent, outside
from api.consent import ConsentRequiredError
from api.consent_inputs import PURPOSE_KEY, PurposeKey
from api.context import Context
from api.errors import NotFoundError
from api.execution.auditing import Auditor
from api.scalars import SCALARS
from api.schema import SCHEMA
from consent.records import Channel
from customers.drafts import CustomerDraft
from domain.access import SCOPES, Caller
from domain.actor import SYSTEM
from domain.errors import ConsentRequired
from domain.ids import KeyId
from domain.work import settle
from mongo.access_log import MongoAccessLog

RECORD = """
mutation ($customer: CustomerRef!, $consents: [ConsentInput!]!, $key: String) {
  consentRecord(customer: $customer, consents: $consents, idempotencyKey: $key) {
    __typename
    ... on ConsentPayload {
      replayed
      customer { id consent(purpose: "marketing", channel: EMAIL) { allowed reason } }
      records { id customerId purpose channel status basis collectedAt wordingHash imported
                recordedBy { kind label } }
      states { purpose channel status since expiresAt record { id } }
    }
    ... on ValidationFailedError { issues { path code } }
    ... on Error { code path }
  }
}
"""
MAY_I = """
query ($by: CustomerRef!, $purpose: PurposeKey!, $channel: Channel) {
  customer(by: $by) {
    consent(purpose: $purpose, channel: $channel) {
      allowed purpose channel reason basis validUntil record { id status }
    }
  }
}
"""
HISTORY = """
query ($by: CustomerRef!, $first: Int!, $after: String) {
  customer(by: $by) {
    consentHistory(first: $first, after: $after) {
      nodes { id status } pageInfo { hasNextPage hasPreviousPage endCursor }
    }
  }
}
"""


Outcome = Annotated[NotFoundError | ConsentRequiredError, strawberry.union("Outcome")]


def act(**said):
    usual = {
        "purpose": "marketing",
        "channel": "EMAIL",
        "status": "GRANTED",
        "collectedAt": "2026-04-01T09:00:00Z",
        "source": "checkout",
        "policyVersion": "3",
        "wording": "Yes, write to me.",
    }
    return {name: value for name, value in (usual | said).items() if value is not None}


@pytest.fixture
async def ada(services):
    return {"id": await created(services, "ada@example.com")}


async def created(services, *emails):
    draft = CustomerDraft(emails=emails)
    written = await settle(services.work, lambda: services.customer.create(draft, SYSTEM))
    return written.customer.id


@pytest.fixture
def answered(services, database):
    """Sends an operation with just these scopes and gives the whole answer, errors too."""
    schema = SCHEMA.audited_by(Auditor(MongoAccessLog(database), services.clock, outside.new_id))

    async def send(query, scopes, **variables):
        context = Context(services, Caller(KeyId("key_test"), "tests", frozenset(scopes)), "r")
        return await schema.execute(query, variables, context_value=context)

    return send


@pytest.fixture
def record(ask, ada):
    async def record(*acts, key=None, customer=None):
        sent = {"customer": customer or ada, "consents": list(acts), "key": key}
        return (await ask(RECORD, **sent))["consentRecord"]

    return record


@pytest.fixture
def may_i(ask, ada):
    async def may_i(purpose, channel=None):
        found = await ask(MAY_I, by=ada, purpose=purpose, channel=channel)
        return found["customer"]["consent"]

    return may_i


async def test_a_decision_is_recorded_with_its_evidence_and_counts_at_once(record, ada):
    answer = await record(act(expiresAt="2027-04-01T09:00:00Z"))
    (one,) = answer["records"]
    assert one["customerId"] == ada["id"]
    assert (one["status"], one["basis"], one["imported"]) == ("GRANTED", "CONSENT", False)
    assert one["recordedBy"] == {"kind": "API_KEY", "label": "tests"}
    assert len(one["wordingHash"]) == 64
    assert answer["states"] == [
        {
            "purpose": "marketing",
            "channel": "EMAIL",
            "status": "GRANTED",
            "since": "2026-04-01T09:00:00.000Z",
            "expiresAt": "2027-04-01T09:00:00.000Z",
            "record": {"id": one["id"]},
        }
    ]
    assert answer["customer"] == {
        "id": ada["id"],
        "consent": {"allowed": True, "reason": "GRANTED"},
    }


async def test_the_customer_may_be_named_by_a_contact(record, ada):
    answer = await record(act(), customer={"email": "ADA@example.com"})
    assert answer["customer"]["id"] == ada["id"]


async def test_a_screen_learns_whether_why_until_when_and_by_which_evidence(record, may_i):
    recorded = (await record(act(expiresAt="2027-04-01T09:00:00Z")))["records"][0]
    assert await may_i("marketing", "EMAIL") == {
        "allowed": True,
        "purpose": "marketing",
        "channel": "EMAIL",
        "reason": "GRANTED",
        "basis": "CONSENT",
        "validUntil": "2027-04-01T09:00:00.000Z",
        "record": {"id": recorded["id"], "status": "GRANTED"},
    }


@pytest.mark.parametrize(
    ("purpose", "channel", "reason"),
    [
        ("marketing", "EMAIL", "NO_RECORD"),
        ("telepathy", None, "UNKNOWN_PURPOSE"),
        ("enrichment", "EMAIL", "CHANNEL_NOT_OF_PURPOSE"),
        ("service", "EMAIL", "CONTRACT"),
    ],
)
async def test_without_a_record_only_the_contract_allows(may_i, purpose, channel, reason):
    answer = await may_i(purpose, channel)
    assert (answer["allowed"], answer["reason"]) == (reason == "CONTRACT", reason)
    assert answer["record"] is None


async def test_taking_it_back_is_as_easy_as_giving_it(record, may_i):
    await record(act())
    await record(act(status="WITHDRAWN", collectedAt="2026-04-02T09:00:00Z"))
    assert (await may_i("marketing", "EMAIL"))["reason"] == "WITHDRAWN"
    assert (await may_i("marketing.newsletter", "EMAIL"))["reason"] == "PARENT_WITHDRAWN"


async def test_a_lapsed_yes_shows_as_expired(ask, ada, record):
    await record(act(expiresAt="2026-04-02T09:00:00Z"))
    query = "query ($by: CustomerRef!) { customer(by: $by) { consents { status } } }"
    assert (await ask(query, by=ada))["customer"]["consents"] == [{"status": "EXPIRED"}]


async def test_every_problem_is_told_at_its_field_and_nothing_is_recorded(record, may_i):
    answer = await record(act(), act(purpose="telepathy", source=" "))
    assert answer["__typename"] == "ValidationFailedError"
    assert answer["issues"] == [
        {"path": ["consents", "1", "purpose"], "code": "PURPOSE_UNKNOWN"},
        {"path": ["consents", "1", "source"], "code": "TEXT_REQUIRED"},
    ]
    assert (await may_i("marketing", "EMAIL"))["reason"] == "NO_RECORD"


async def test_somebody_who_is_not_there_is_not_found(record):
    answer = await record(act(), customer={"email": "nobody@example.com"})
    assert answer == {"__typename": "NotFoundError", "code": "NOT_FOUND", "path": ["customer"]}


async def test_a_malformed_reference_is_told_at_the_argument(record):
    answer = await record(act(), customer={"id": "tag_1"})
    assert [issue["path"] for issue in answer["issues"]] == [["customer", "id"]]


async def test_a_retry_with_the_same_key_records_nothing_again(record):
    first = await record(act(), key="k1")
    again = await record(act(), key="k1")
    assert (first["replayed"], again["replayed"]) == (False, True)
    assert again == {**first, "replayed": True}
    other = await record(act(status="DENIED"), key="k1")
    assert other["__typename"] == "IdempotencyMismatchError"


async def test_the_same_decision_without_a_key_is_one_record_too(record, ask, ada):
    first, again = await record(act()), await record(act())
    assert first == again
    history = await ask(HISTORY, by=ada, first=10)
    assert len(history["customer"]["consentHistory"]["nodes"]) == 1


async def test_the_history_is_paged_from_the_newest(record, ask, ada):
    days = [f"2026-04-0{day}T09:00:00Z" for day in range(1, 4)]
    ids = [(await record(act(collectedAt=day)))["records"][0]["id"] for day in days]
    page = (await ask(HISTORY, by=ada, first=2))["customer"]["consentHistory"]
    assert [node["id"] for node in page["nodes"]] == [ids[2], ids[1]]
    end = page["pageInfo"]["endCursor"]
    assert (page["pageInfo"]["hasNextPage"], page["pageInfo"]["hasPreviousPage"]) == (True, False)
    page = (await ask(HISTORY, by=ada, first=2, after=end))["customer"]["consentHistory"]
    assert [node["id"] for node in page["nodes"]] == [ids[0]]
    assert (page["pageInfo"]["hasNextPage"], page["pageInfo"]["hasPreviousPage"]) == (False, True)


async def test_purposes_are_listed_as_a_tree_in_the_language_asked_for(ask):
    query = """{ purposes {
      id key title(locale: "de") parent { key } children { key } allowedBases channels active
    } }"""
    found = {purpose["key"]: purpose for purpose in (await ask(query))["purposes"]}
    assert list(found) == [
        "enrichment",
        "marketing",
        "marketing.newsletter",
        "profiling",
        "service",
    ]
    assert found["marketing"]["title"] == "Werbung"
    assert found["marketing"]["children"] == [{"key": "marketing.newsletter"}]
    assert found["marketing.newsletter"]["parent"] == {"key": "marketing"}
    assert found["service"]["allowedBases"] == ["CONTRACT"]


async def test_records_and_purposes_are_found_by_their_ids(ask, record):
    recorded = (await record(act()))["records"][0]["id"]
    purpose = (await ask("{ purposes { id key } }"))["purposes"][0]
    query = """query ($ids: [ID!]!) { nodes(ids: $ids) {
      id ... on ConsentRecord { status } ... on Purpose { key }
    } }"""
    assert (await ask(query, ids=[recorded, purpose["id"], "con_none"]))["nodes"] == [
        {"id": recorded, "status": "GRANTED"},
        purpose,
        None,
    ]


@pytest.mark.parametrize(
    ("selection", "needed"),
    [
        ("consentHistory { nodes { id } }", "consent:read"),
        ('consent(purpose: "marketing", channel: EMAIL) { record { id } }', "consent:read"),
        ("consents { record { id } }", "consent:read"),
    ],
)
async def test_evidence_is_for_callers_who_may_read_it(answered, record, ada, selection, needed):
    await record(act())
    query = f"query ($by: CustomerRef!) {{ customer(by: $by) {{ {selection} }} }}"
    result = await answered(query, {"customers:read"}, by=ada)
    assert {error.extensions["code"] for error in result.errors} == {"FORBIDDEN"}
    assert {needed} == set(result.errors[0].extensions["scopes"])


async def test_a_record_is_not_found_by_its_id_without_the_scope(answered, record):
    recorded = (await record(act()))["records"][0]["id"]
    query = "query ($id: ID!) { node(id: $id) { id } }"
    result = await answered(query, {"customers:read"}, id=recorded)
    assert result.errors[0].extensions["code"] == "FORBIDDEN"


async def test_recording_needs_its_scope(answered, ada):
    result = await answered(
        RECORD, SCOPES.keys() - {"consent:write"}, customer=ada, consents=[act()]
    )
    assert result.errors[0].extensions["code"] == "FORBIDDEN"


async def test_who_may_not_read_evidence_still_learns_the_decision(ask, record, ada):
    await record(act())
    query = """query ($by: CustomerRef!) { customer(by: $by) {
      consent(purpose: "marketing", channel: EMAIL) { allowed } consents { status }
    } }"""
    found = await ask(query, scopes=frozenset({"customers:read"}), by=ada)
    assert found["customer"] == {"consent": {"allowed": True}, "consents": [{"status": "GRANTED"}]}


class Counting:
    """Passes every question on and counts it."""

    def __init__(self, ledger):
        self._ledger = ledger
        self.asked = []

    def __getattr__(self, name):
        self.asked.append(name)
        return getattr(self._ledger, name)


async def test_a_list_asks_once_for_each_field_however_many_rows_it_has(ask, services, record):
    await record(act())
    for number in range(4):
        other = await created(services, f"other{number}@example.com")
        await record(act(), customer={"id": other})
    services.consents.ledger = Counting(services.consents.ledger)
    query = """query ($first: Int!) { customers(first: $first) { nodes {
      consents { record { source } }
      email: consent(purpose: "marketing", channel: EMAIL) { allowed record { source } }
      sms: consent(purpose: "marketing", channel: SMS) { allowed }
      consentHistory { nodes { source } }
    } } }"""
    for first in (1, 5):
        services.consents.ledger.asked.clear()
        nodes = (await ask(query, first=first))["customers"]["nodes"]
        assert nodes == first * [
            {
                "consents": [{"record": {"source": "checkout"}}],
                "email": {"allowed": True, "record": {"source": "checkout"}},
                "sms": {"allowed": False},
                "consentHistory": {"nodes": [{"source": "checkout"}]},
            }
        ]
        asked = sorted(services.consents.ledger.asked)
        assert asked == ["get_many", "get_many", "history", *["standings"] * 3]


async def test_whose_consent_was_shown_stands_in_the_access_log(answered, database, ada):
    query = """query ($by: CustomerRef!) { customer(by: $by) {
      consent(purpose: "marketing") { allowed } } }"""
    await answered(query, {"customers:read"}, by=ada)
    (entry,) = await database["access_log"].find({}).to_list()
    assert (entry["categories"], entry["customer_ids"]) == (["behaviour"], [ada["id"]])


async def test_a_cursor_of_another_list_is_refused(answered, ada):
    for cursor in ("nonsense", "Y29uc2VudHww", "é"):
        result = await answered(HISTORY, SCOPES, by=ada, first=1, after=cursor)
        assert "cursor" in result.errors[0].message


async def test_missing_consent_is_answered_with_the_decisions_that_refuse(services, ada):
    @strawberry.type
    class Query:
        @strawberry.field
        async def outcome(self) -> Outcome:
            decisions = await services.consents.decide_many(
                [ada["id"]], "marketing", Channel.EMAIL, services.clock()
            )
            raise ConsentRequired(ada["id"], list(decisions.values()))

    schema = strawberry.Schema(
        query=Query,
        config=StrawberryConfig(scalar_map={**SCALARS, PurposeKey: PURPOSE_KEY}),
        exception_handlers=[*consent.HANDLERS],
    )
    query = "{ outcome { ... on ConsentRequiredError { code missing { purpose reason } } } }"
    reader = Caller(KeyId("key_test"), "tests", frozenset({"customers:read"}))
    context = Context(services, reader, "request")
    result = await schema.execute(query, context_value=context)
    assert result.data["outcome"] == {
        "code": "CONSENT_REQUIRED",
        "missing": [{"purpose": "marketing", "reason": "NO_RECORD"}],
    }
