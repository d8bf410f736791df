"""What each request costs the database, in commands: exact, so that every change of it is meant."""

from typing import Any

import pytest

from tests import servers
from tests.commands import RECORDER, counted

ACT = {
    "purpose": "marketing",
    "channel": "EMAIL",
    "status": "GRANTED",
    "collectedAt": "2026-04-01T09:00:00Z",
    "source": "checkout",
    "policyVersion": "3",
    "wording": "Yes.",
}
DEFINE = """
mutation { attributeDefinitionSave(input: {key: "size", type: INT, label: "Size"}) { __typename } }
"""
CREATE = """
mutation ($input: CustomerCreateInput!, $key: String) {
  customerCreate(input: $input, idempotencyKey: $key) {
    __typename ... on CustomerPayload { customer { id } } } }
"""
ONE = "query ($id: ID!) { customer(by: {id: $id}) { %s } }"
LIST = "query ($first: Int!) { customers(first: $first) { nodes { %s } } }"
PROFILE = """
  id displayName name { formatted } country birthday { day } locale status
  primaryEmail { address masked deliverability } primaryPhone { e164 } identities { kind }
"""
# what is seen of persons is in the log before the answer leaves: one command, whatever is seen
SEEN = {"insert access_log": 1}
FIELDS: dict[str, dict[str, int]] = {
    PROFILE: SEEN,
    "addresses { nodes { country } }": {},
    "tags { nodes { key label } }": {"find tags": 1, **SEEN},
    "loyalty { points tier { name } }": {"find customers": 1, "find loyalty_tiers": 1, **SEEN},
    "consents { status channel }": {"find customers": 1, **SEEN},
    'consent(purpose: "marketing") { allowed }': {"find customers": 1, **SEEN},
    "notes(first: 1) { nodes { text } }": {"aggregate customer_notes": 1},
    "attributes { value }": {"find attribute_definitions": 1},
    'attribute(key: "size") { value }': {"find attribute_definitions": 1},
    "enrichedAttributes { key }": {"find customers": 2, "find enriched_attributes": 1},
    "consentHistory(first: 2) { nodes { id } }": {"aggregate consent_records": 1, **SEEN},
}
"""What each field of a customer costs beside the customer."""
SCREENS = [
    f"""{PROFILE} tags {{ nodes {{ key }} }} loyalty {{ tier {{ name }} }}
    consent(purpose: "marketing", channel: EMAIL) {{ allowed reason }}""".replace(
        "identities { kind }", ""
    ),
    "consents { status } notes(first: 1) { nodes { text } }",
    "attributes { value } enrichedAttributes { key value }",
]
WHOLE = " ".join([*SCREENS, "addresses { nodes { city } } identities { kind }"])


@pytest.fixture(params=servers.drivers())
def driver(request):
    return request.param


@pytest.fixture
async def shop(ask):
    """The ids of 101 customers with tags, a consent and an attribute each."""
    await ask(DEFINE)
    ids = []
    for number in range(101):
        fields = {
            "emails": [f"c{number}@example.com"],
            "tags": ["all", f"tag-{number % 7}"],
            "consents": [ACT],
            "attributes": [{"key": "size", "value": number}],
        }
        created = await ask(CREATE, input=fields)
        ids.append(created["customerCreate"]["customer"]["id"])
    await ask("{ purposes { key } }")
    return ids


async def cost(ask, query: str, **variables: Any) -> dict[str, int]:
    with RECORDER.recording() as commands:
        await ask(query, **variables)
    sent = counted(commands)
    del sent["find purposes"]  # once a minute, whoever asks
    return dict(sent)


async def test_a_customer_by_id_costs_what_the_selection_needs(ask, shop):
    assert await cost(ask, ONE % "id version status", id=shop[0]) == {"find customers": 1}
    for selection, more in FIELDS.items():
        own = {**more, "find customers": 1 + more.get("find customers", 0)}
        assert await cost(ask, ONE % selection, id=shop[0]) == own, selection


async def test_a_customer_by_a_contact_costs_one_command(ask, shop):
    query = "query ($by: CustomerRef!) { customer(by: $by) { id } }"
    for by in ({"email": "c1@example.com"}, {"phone": "+12025550100"}):
        assert await cost(ask, query, by=by) == {"find customers": 1}


async def test_a_page_costs_the_same_whatever_its_size(ask, shop):
    for screen in (*SCREENS, WHOLE, *FIELDS):
        few, many = (5, 20) if screen == WHOLE else (25, 100)
        await ask(LIST % screen, first=few)
        costs = [await cost(ask, LIST % screen, first=size) for size in (few, many)]
        assert costs[0] == costs[1], screen
        # what a source said is shown only where the person's consent stands: one look-up more
        beside = ("loyalty {", "consents {", "consent(", "enrichedAttributes {", "Attributes {")
        assert costs[0]["find customers"] == 1 + sum(part in screen for part in beside), screen


async def test_a_page_by_tag_is_one_bounded_read_also_while_time_goes_by(ask, shop):
    query = """{ customers(where: {tags: {anyOf: ["tag-3"]}}, first: 5) { nodes { id } } }"""
    await ask(query)
    with RECORDER.recording() as commands:
        await ask(query)
    assert dict(counted(commands)) == {"find tags": 1, "find customers": 1, **SEEN}
    assert "~" not in str(commands[-2]["filter"]["$and"][1]["sort.created"]["$gt"])
    assert commands[-2]["filter"]["$and"][1]["sort.created"]["$gt"] > ""


async def test_counts_and_facets_cost_one_command_each_and_one_for_all(ask, shop):
    query = """{ customers { totalCount { value }
      facets(by: [TIER, STATUS, COUNTRY]) { buckets { count } } } }"""
    assert await cost(ask, query) == {
        "find customers": 1,
        "aggregate customers": 3 + 2,  # facets, their count, the total
        "find loyalty_tiers": 1,
    }


COMMIT = {"bulkWrite": 1, "commitTransaction": 1}
READ = {"find customers": 1}
UPDATE = "mutation ($i: CustomerUpdateInput!) { customerUpdate(input: $i) { __typename } }"
UPSERT = """mutation ($by: CustomerRef!, $i: CustomerCreateInput!) {
  customerUpsert(by: $by, input: $i) { __typename } }"""
TAG = """mutation ($by: CustomerRef!, $add: [String!]) {
  customerTagsUpdate(customer: $by, add: $add) { __typename } }"""
BOOK = """mutation ($by: CustomerRef!) {
  loyaltyPointsAdjust(customer: $by, delta: 5, reason: "Order", idempotencyKey: "a") {
    __typename } }"""
CONSENT = """mutation ($by: CustomerRef!, $acts: [ConsentInput!]!) {
  consentRecord(customer: $by, consents: $acts) { __typename } }"""
NOTE = (
    """mutation ($by: CustomerRef!) { customerNoteAdd(customer: $by, text: "a") { __typename } }"""
)


async def test_a_write_is_two_round_trips_beside_its_reads(ask, shop):
    new = {"emails": ["new@example.com"]}
    assert await cost(ask, CREATE, input=new) == COMMIT
    tagged = {"tags": ["all", "new"], "consents": [ACT]}
    assert await cost(ask, CREATE, input=tagged) == {"find tags": 1, **COMMIT}
    once = {"input": {"emails": ["once@example.com"]}, "key": "once"}
    assert await cost(ask, CREATE, **once) == {"find idempotency": 1, **COMMIT}
    assert await cost(ask, CREATE, **once) == {"find idempotency": 1, **READ}
    by = {"id": shop[0]}
    change = {"ref": by, "locale": "de"}
    assert await cost(ask, UPDATE, i=change) == {**READ, **COMMIT}
    assert await cost(ask, UPDATE, i=change) == READ
    assert await cost(ask, UPSERT, by=by, i={"locale": "uk"}) == {**READ, **COMMIT}
    assert await cost(ask, TAG, by=by, add=["new"]) == {**READ, "find tags": 1, **COMMIT}


async def test_writes_of_other_subjects_cost_no_more_than_these(ask, shop):
    by, more = {"id": shop[0]}, {**ACT, "channel": "SMS"}
    assert await cost(ask, BOOK, by=by) == {
        "find idempotency": 1,
        "find customers": 2,
        "find points_entries": 1,
        "find loyalty_tiers": 2,
        **COMMIT,
    }
    assert await cost(ask, CONSENT, by=by, acts=[more]) == {
        "find customers": 3,
        "find consent_records": 1,
        **COMMIT,
    }
    # one document needs no transaction
    assert await cost(ask, NOTE, by=by) == {
        **READ,
        "aggregate customer_notes": 1,
        "bulkWrite": 1,
    }
