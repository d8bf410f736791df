"""Whatever says that it tells something of a person is logged, alone and by every way there is."""

from typing import Any

from api.schema import SCHEMA
from tests.api.known import ACT, known
from tests.api.ways import Told, declared, told

ONE = "query ($id: ID!) { customer(by: {id: $id}) { %s } }"
LIST = "{ customers(first: 1) { nodes { %s } } }"
NODE = "query ($%s: ID!) { node(id: $%s) { ... on %s { %%s } } }"
NODES = {
    "con": "ConsentRecord",
    "enr": "EnrichedAttribute",
    "loy": "LoyaltyAccount",
    "note": "CustomerNote",
    "pts": "LoyaltyTransaction",
    "run": "EnrichmentRun",
}
WRITES = {
    "CustomerPayload": """mutation ($id: ID!) { customerTagsUpdate(
      customer: {id: $id}, add: ["vip"]) { ... on CustomerPayload { %s } } }""",
    "VersionConflictError": """mutation ($id: ID!) { customerUpdate(
      input: {ref: {id: $id}, expectedVersion: 99, locale: "de"}) {
      ... on VersionConflictError { %s } } }""",
    "ConsentPayload": """mutation ($id: ID!, $acts: [ConsentInput!]!) {
      consentRecord(customer: {id: $id}, consents: $acts) { ... on ConsentPayload { %s } } }""",
    "LoyaltyPayload": """mutation ($id: ID!) { loyaltyPointsAdjust(
      customer: {id: $id}, delta: 900, reason: "Order", idempotencyKey: "order-2") {
      ... on LoyaltyPayload { %s } } }""",
    "NotePayload": """mutation ($id: ID!) { customerNoteAdd(
      customer: {id: $id}, text: "Likes tea.", idempotencyKey: "note") {
      ... on NotePayload { %s } } }""",
    "EnrichmentPayload": """mutation ($id: ID!) { enrichmentStart(
      input: {target: {customer: {id: $id}}}, idempotencyKey: "plan") {
      ... on EnrichmentPayload { %s } } }""",
    "AttributeDecisionPayload": """mutation ($enr: ID!) { enrichedAttributeDecide(
      id: $enr, status: ACCEPTED) { ... on AttributeDecisionPayload { %s } } }""",
}
CUSTOMER = frozenset({"Customer"})


def ways(ids):
    """Each field by each way, as a whole operation with its variables."""
    id_, acts = {"id": ids["cus"]}, {"acts": [ACT]}
    roots = [("Customer", ONE, id_, frozenset()), ("Customer", LIST, {}, CUSTOMER)]
    roots += [(kind, NODE % (p, p, kind), {p: ids[p]}, CUSTOMER) for p, kind in NODES.items()]
    for kind, query in WRITES.items():
        given = {"enr": ids["enr"]} if "$enr" in query else id_ | (acts if "$acts" in query else {})
        roots.append((kind, query, given, CUSTOMER))
    for kind, query, given, stop in roots:
        for each in told(SCHEMA._schema, kind, stop):
            yield each, query % each.selection, given


def something(given: Any) -> bool:
    """Whether an answer holds any value at all."""
    if isinstance(given, dict):
        return any(map(something, given.values()))
    return any(map(something, given)) if isinstance(given, list) else given is not None


async def test_whatever_tells_something_of_a_person_is_logged_by_every_way_to_it(ask, send):
    ids = await known(ask)
    silent: list[Told] = []
    met: set[str] = set()
    for each, query, variables in ways(ids):
        shown, context = await send(query, **variables)
        if something(shown):
            met.add(each.field)
            if context.disclosures.get(each.pii) != {ids["cus"]}:
                silent.append(each)
    assert silent == []
    assert {name for name, _ in declared(SCHEMA._schema)} - met == set()
