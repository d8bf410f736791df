"""A page costs the same number of database commands, whatever its size."""

from collections import Counter

import pytest
from pymongo import monitoring

from api.schema import SCHEMA

PAGE = """query($first: Int!) { customers(first: $first) { nodes {
  id displayName
  tags(first: 2) { nodes { key label customerCount { value } } }
  loyalty { points tier { name } transactions(first: 3) { nodes { delta } } }
  attributes { key value definition { label } }
  attribute(key: "size") { value }
  notes(first: 2) { nodes { text } }
} } }"""
DEFINE = """mutation { attributeDefinitionSave(input: {key: "size", type: INT, label: "Size"}) {
  __typename } }"""
CREATE = """mutation($tag: String!, $size: JSON!) { customerCreate(
  input: {tags: ["all", $tag], attributes: [{key: "size", value: $size}]}
) { ... on CustomerPayload { customer { id } } } }"""
BOOK = """mutation($id: ID!, $key: String!) {
  loyaltyPointsAdjust(customer: {id: $id}, delta: 7, reason: "order", idempotencyKey: $key) {
    __typename } }"""
NOTE = """mutation($id: ID!) { customerNoteAdd(customer: {id: $id}, text: "Called.") {
  __typename } }"""


class Counting(monitoring.CommandListener):
    """The commands that clients of this process send, with their collections."""

    def __init__(self):
        self.sent = Counter()

    def started(self, event):
        name = event.command_name
        self.sent[name, str(event.command.get(name))] += 1

    def succeeded(self, event):
        pass

    def failed(self, event):
        pass


COMMANDS = Counting()
monitoring.register(COMMANDS)  # clients made from now on; the fixtures make one for each test


@pytest.fixture
async def customers(ask):
    """A dozen customers with everything that a page can show."""
    await ask(DEFINE)
    for number in range(12):
        created = await ask(CREATE, tag=f"tag-{number % 5}", size=number)
        customer_id = created["customerCreate"]["customer"]["id"]
        for booking in range(number % 4):
            await ask(BOOK, id=customer_id, key=f"{customer_id}-{booking}")
        await ask(NOTE, id=customer_id)


async def cost(ask, query, **variables):
    """How many rows came, and with which commands; of pages, whose windows grow, one is counted."""
    COMMANDS.sent.clear()
    nodes = (await ask(query, **variables))["customers"]["nodes"]
    return len(nodes), COMMANDS.sent | {("find", "customers"): 1}


async def test_three_rows_and_twelve_cost_the_same_commands(ask, customers):
    few, commands = await cost(ask, PAGE, first=3)
    many, more = await cost(ask, PAGE, first=12)
    assert (few, many) == (3, 12)
    assert more == commands
    assert max(commands.values()) <= 2


PLANNED = """query($first: Int!) { customers(first: $first) { nodes {
  id version status displayName name { given family } locale country createdAt updatedAt
  primaryEmail { address masked verifiedAt } primaryPhone { e164 national } birthday { day }
  identities { __typename kind ... on EmailIdentity { address } ... on PhoneIdentity { e164 } }
  addresses { nodes { lines city country } pageInfo { hasNextPage } }
  tags(first: 2) { nodes { key label } } loyalty { points tier { name } }
  attributes { key value } attribute(key: "size") { value display }
  consents { purpose channel status }
  consent(purpose: "marketing", channel: EMAIL) { allowed reason }
  notes(first: 2) { nodes { text } }
} } }"""


async def test_the_rows_of_a_page_are_completed_by_one_plan_that_fits(ask, customers):
    compiler = SCHEMA.compiler
    before = compiler.deoptimised
    await ask(PLANNED, first=12)
    # the one of the list: whatever below it could not be planned would have plans of its own
    assert SCHEMA.operations.get(PLANNED, None).operation.plans_written == 1
    assert compiler.deoptimised == before


IN_A_FRAGMENT = """query($purpose: PurposeKey!, $tags: Int) {
  customers(first: 1) { nodes { ...Varied } } }
fragment Varied on Customer {
  consent(purpose: $purpose) { purpose } tags(first: $tags) { nodes { key } } }"""
IN_A_SWITCH = """query($purpose: PurposeKey!, $tags: Int, $more: Boolean = false) {
  customers(first: 1) { nodes {
    consent(purpose: $purpose) { purpose }
    tags(first: $tags) { nodes { key } } notes @include(if: $more) { nodes { text } } } } }"""


@pytest.mark.parametrize("query", [IN_A_FRAGMENT, IN_A_SWITCH])
async def test_what_a_level_loads_follows_the_variables_of_each_request(ask, customers, query):
    asked = [("marketing", 2, {"more": True}), ("analytics", 1, {})] * 2
    for purpose, tags, switch in asked:
        more = switch if query is IN_A_SWITCH else {}
        answer = await ask(query, purpose=purpose, tags=tags, **more)
        (row,) = answer["customers"]["nodes"]
        assert (row["consent"]["purpose"], len(row["tags"]["nodes"])) == (purpose, tags)
        assert ("notes" in row) is bool(more)


EITHER = """query($id: ID!) { node(id: $id) { __typename
  ... on Customer { tags { nodes { key } } }
  ... on LoyaltyAccount { transactions { nodes { delta } } } } }"""


@pytest.mark.parametrize("first", ["cus", "loy"])
async def test_what_one_kind_of_node_needs_is_not_what_another_does(ask, customers, first):
    query = f"{EITHER} # {first}"
    found = await ask("{ customers(first: 1) { nodes { id } } }")
    suffix = found["customers"]["nodes"][0]["id"].partition("_")[2]
    kinds = {"cus": "Customer", "loy": "LoyaltyAccount"}
    for prefix in sorted(kinds, key=lambda each: each != first) * 2:
        node = (await ask(query, id=f"{prefix}_{suffix}"))["node"]
        assert node["__typename"] == kinds[prefix]
        assert (node["tags"] if prefix == "cus" else node["transactions"])["nodes"] is not None


async def test_what_is_not_asked_for_is_not_read(ask, customers):
    rows, commands = await cost(ask, "{ customers(first: 5) { nodes { id } } }")
    assert (rows, set(commands)) == (5, {("find", "customers")})


CONSENT = """mutation($id: ID!) { consentRecord(customer: {id: $id}, consents: [{
  purpose: "enrichment", status: GRANTED, collectedAt: "2026-05-01T12:00:00Z", source: "form",
  policyVersion: "v1", wording: "May we?"}]) { __typename } }"""
ENRICH = """mutation($input: EnrichmentStartInput!) { enrichmentStart(input: $input) {
  __typename ... on EnrichmentPayload { run { id } } } }"""
ENRICHED = """query($first: Int!) { customers(first: $first) { nodes {
  enrichedAttributes(status: null) { key conflictsWith { value }
    provenance { source { name } run { mode } consentRecord { purpose } } }
  enrichmentRuns(first: 1) { nodes { mode total attributes(first: 1) { key }
    matches(first: 1) { consent { reason record { purpose } } customer { displayName
      enrichedAttributes(status: [EXPIRED]) { key } } } } }
} } }"""


async def test_enriched_values_and_runs_cost_the_same_commands_for_any_page(ask):
    for number in range(8):
        given = {"emails": [f"ada{number}@example.com"], "phones": [f"+120255501{number:02}"]}
        created = await ask(
            "mutation($input: CustomerCreateInput!) { customerCreate(input: $input) { "
            "... on CustomerPayload { customer { id } } } }",
            input=given,
        )
        customer_id = created["customerCreate"]["customer"]["id"]
        await ask(CONSENT, id=customer_id)
        for mode in ("PROPOSE", "EXECUTE"):
            target = {"customer": {"id": customer_id}}
            await ask(ENRICH, input={"target": target, "mode": mode})
    few, commands = await cost(ask, ENRICHED, first=2)
    many, more = await cost(ask, ENRICHED, first=8)
    assert (few, many) == (2, 8)
    assert commands == more
