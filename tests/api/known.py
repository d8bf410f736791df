"""A customer of whom everything is known that the API can show, with the ids of what is theirs."""

from typing import Any

from tests.api.conftest import Ask

ACT = {
    "purpose": "marketing",
    "channel": "EMAIL",
    "status": "GRANTED",
    "collectedAt": "2026-04-01T09:00:00Z",
    "source": "checkout",
    "policyVersion": "3",
    "wording": "Yes, write to me.",
    "expiresAt": "2027-04-01T09:00:00Z",
}
ENRICHING = {**ACT, "purpose": "enrichment", "channel": None}
PERSON = {
    "name": {"given": "Ada", "middle": "King", "family": "Lovelace"},
    "emails": ["ada@example.com"],
    "phones": ["+12025550143"],
    "externalIds": [{"source": "shop", "value": "1001"}],
    "locale": "en-GB",
    "timeZone": "Europe/London",
    "birthday": {"year": 1985, "month": 12, "day": 10},
    "addresses": [
        {
            "lines": ["12 Example Road"],
            "city": "London",
            "region": "Greater London",
            "postalCode": "N1",
            "country": "GB",
        }
    ],
    "tags": ["vip"],
    "consents": [ACT, ENRICHING],
    "attributes": [{"key": "size", "value": 38}],
}
DEFINE = """mutation { attributeDefinitionSave(input: {
  key: "size", type: INT, label: "Size", filterable: true,
  piiClass: DEMOGRAPHIC }) { __typename } }"""
CREATE = """mutation ($input: CustomerCreateInput!) { customerCreate(input: $input) {
  ... on CustomerPayload { customer { id } } ... on ValidationFailedError { issues { path } } } }"""
BOOK = """mutation ($id: ID!) { loyaltyPointsAdjust(
  customer: {id: $id}, delta: 600, reason: "Order", idempotencyKey: "order-1") { __typename } }"""
NOTE = """mutation ($id: ID!) { customerNoteAdd(customer: {id: $id}, text: "Likes tea.") {
  __typename } }"""
ENRICH = """mutation ($id: ID!) { enrichmentStart(input: {target: {customer: {id: $id}}
  mode: EXECUTE}) { ... on EnrichmentPayload { run { id } } } }"""
IDS = """query ($id: ID!) { customer(by: {id: $id}) {
  loyalty { id transactions { nodes { id } } } notes { nodes { id } }
  consentHistory { nodes { id } } enrichedAttributes { id } enrichmentRuns { nodes { id } } } }"""


async def known(ask: Ask) -> dict[str, str]:
    """Makes the customer; the ids of what is theirs, by the prefix of the kind."""
    await ask(DEFINE)
    made = await ask(CREATE, input=PERSON)
    customer: str = made["customerCreate"]["customer"]["id"]
    for each in (BOOK, NOTE, ENRICH):
        await ask(each, id=customer)
    return {"cus": customer, **_ids((await ask(IDS, id=customer))["customer"])}


def _ids(shown: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in shown.values() if isinstance(shown, dict) else shown:
        if isinstance(each, dict | list):
            found |= _ids(each)
        elif isinstance(each, str):
            found[each.partition("_")[0]] = each
    return found
