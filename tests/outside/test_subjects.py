"""Tags, attributes, notes, loyalty, consent and enrichment, each verb of them."""

import asyncio

import pytest

from tests.outside.people import CREATE, created, granted, word

pytestmark = pytest.mark.wheel

SAVE_TAG = """
mutation ($id: ID, $key: String!, $label: String!, $sensitive: Boolean! = false) {
  tagSave(id: $id, key: $key, label: $label, color: "#c9a227", group: "status",
          labels: [{locale: "de", text: "Stammkunde"}], sensitive: $sensitive) {
    __typename
    ... on TagPayload { tag { id version key label german: label(locale: "de-AT") color
      customerCount { value precision } } }
    ... on ValidationFailedError { issues { path code } }
    ... on Error { code path }
  }
}
"""
DELETE_TAG = """
mutation ($id: ID!, $moveTo: ID) {
  tagDelete(id: $id, moveTo: $moveTo) { __typename ... on DeletedPayload { id }
    ... on Error { code message } }
}
"""
TAGS = """
query ($search: String, $group: String, $first: Int!, $after: String) {
  tags(search: $search, group: $group, first: $first, after: $after) {
    nodes { id key customerCount { value } } pageInfo { hasNextPage endCursor }
    totalCount { value } }
}
"""
TAGS_OF = "query ($id: ID!) { customer(by: {id: $id}) { tags(first: 5) { nodes { key } } } }"
DEFINE = """
mutation ($id: ID, $input: AttributeDefinitionInput!) {
  attributeDefinitionSave(id: $id, input: $input) {
    __typename
    ... on AttributeDefinitionPayload { definition { id key type label options piiClass } }
    ... on ValidationFailedError { issues { path code } }
    ... on Error { code }
  }
}
"""
ADD_NOTE = """
mutation ($customer: CustomerRef!, $text: String!, $key: String) {
  customerNoteAdd(customer: $customer, text: $text, idempotencyKey: $key) {
    __typename ... on NotePayload { replayed note { id version text author { kind label } } }
    ... on ValidationFailedError { issues { path } } ... on Error { code path }
  }
}
"""
EDIT_NOTE = """
mutation ($id: ID!, $text: String!, $version: Int) {
  customerNoteEdit(id: $id, text: $text, expectedVersion: $version) {
    __typename ... on NotePayload { note { version text } }
    ... on InvalidStateError { state allowed } }
}
"""
DELETE_NOTE = """
mutation ($id: ID!) {
  customerNoteDelete(id: $id) { __typename ... on DeletedPayload { id } } }
"""
NOTES_OF = """
query ($id: ID!, $after: String) {
  customer(by: {id: $id}) { notes(first: 1, after: $after) {
    nodes { text } pageInfo { hasNextPage endCursor } } } }
"""
BOOK = """
mutation ($customer: CustomerRef!, $delta: Int!, $key: String!) {
  loyaltyPointsAdjust(customer: $customer, delta: $delta, reason: "Order", idempotencyKey: $key) {
    __typename
    ... on LoyaltyPayload { replayed tierChanged transaction { id delta balance reason }
      account { id points tier { key } pointsToNextTier
        transactions(first: 2) { nodes { delta } pageInfo { hasNextPage endCursor } } } }
    ... on ValidationFailedError { issues { path code } }
    ... on Error { code path }
  }
}
"""
LEDGER = """
query ($id: ID!, $after: String) { customer(by: {id: $id}) { loyalty {
  transactions(first: 2, after: $after) { nodes { delta } pageInfo { hasNextPage endCursor } } } } }
"""
RECORD = """
mutation ($customer: CustomerRef!, $consents: [ConsentInput!]!, $key: String) {
  consentRecord(customer: $customer, consents: $consents, idempotencyKey: $key) {
    __typename
    ... on ConsentPayload { replayed records { id status source wordingHash recordedBy { kind } }
      states { purpose channel status record { id } } customer { id } }
    ... on ValidationFailedError { issues { path code } }
    ... on Error { code path }
  }
}
"""
MAY = """
query ($id: ID!, $purpose: PurposeKey!, $channel: Channel) {
  customer(by: {id: $id}) { consent(purpose: $purpose, channel: $channel) {
    allowed reason basis validUntil record { id } } } }
"""
HISTORY = """
query ($id: ID!, $after: String) { customer(by: {id: $id}) {
  consentHistory(first: 1, after: $after) {
    nodes { id status imported } pageInfo { hasNextPage endCursor } } } }
"""
START = """
mutation ($input: EnrichmentStartInput!, $key: String) {
  enrichmentStart(input: $input, idempotencyKey: $key) {
    __typename
    ... on EnrichmentPayload { replayed run { id status mode total matched missed refused failed
      asked matches(first: 5) { outcome source { key } consent { allowed } matchedOn }
      attributes { id key status } } }
    ... on ConsentRequiredError { missing { allowed purpose reason } message }
    ... on Error { code path }
  }
}
"""
ENRICHED = """
query ($id: ID!) { customer(by: {id: $id}) {
  enrichedAttributes { id key value display status
    provenance { source { key licence } run { id } confidence matchedOn basis sourceRecord
      consentRecord { id } } conflictsWith { id } }
  enrichmentRuns(first: 5) { nodes { id mode } } } }
"""
DECIDE = """
mutation ($id: ID!, $status: AttributeStatus!) {
  enrichedAttributeDecide(id: $id, status: $status) {
    __typename ... on AttributeDecisionPayload { attribute { key status } customer { id } }
    ... on Error { code } }
}
"""
RUN = "query ($id: ID!) { enrichmentRun(id: $id) { status total matched refused } }"


async def test_a_tag_is_saved_found_counted_and_moved_off_its_customers(ask):
    key, other = word("vip"), word("gold")
    customer_id = await created(ask, tags=[key])
    page = (await ask(TAGS, search=key, first=5))["tags"]
    assert [node["customerCount"]["value"] for node in page["nodes"]] == [1]
    tag_id = page["nodes"][0]["id"]
    saved = (await ask(SAVE_TAG, id=tag_id, key=key, label="VIP"))["tagSave"]["tag"]
    assert (saved["version"], saved["label"], saved["german"]) == (2, "VIP", "Stammkunde")
    new = (await ask(SAVE_TAG, key=other, label="Gold"))["tagSave"]["tag"]
    taken = (await ask(SAVE_TAG, key=other, label="Gold again"))["tagSave"]
    assert taken["issues"] == [{"path": ["key"], "code": "KEY_TAKEN"}]
    gone = (await ask(DELETE_TAG, id=tag_id, moveTo=new["id"]))["tagDelete"]
    assert gone == {"__typename": "DeletedPayload", "id": tag_id}
    assert (await ask(TAGS_OF, id=customer_id))["customer"]["tags"]["nodes"] == [{"key": other}]
    again = (await ask(DELETE_TAG, id=tag_id))["tagDelete"]
    assert again["__typename"] == "NotFoundError"


async def test_tags_come_in_pages_by_key_and_group(ask):
    beginning = word("page")
    for ending in "abc":
        await ask(SAVE_TAG, key=beginning + ending, label="One of three")
    first = (await ask(TAGS, search=beginning, group="status", first=2))["tags"]
    after = first["pageInfo"]["endCursor"]
    rest = (await ask(TAGS, search=beginning, group="status", first=2, after=after))["tags"]
    assert [node["key"] for node in (*first["nodes"], *rest["nodes"])] == [
        beginning + ending for ending in "abc"
    ]
    assert (first["totalCount"]["value"], rest["pageInfo"]["hasNextPage"]) == (3, False)


async def test_an_attribute_is_defined_typed_and_shown(ask):
    key = word("shoe")
    draft = {"key": key, "type": "ENUM", "label": "Shoe size", "options": ["S", "M"]}
    made = (await ask(DEFINE, input=draft))["attributeDefinitionSave"]["definition"]
    assert (made["type"], made["options"]) == ("ENUM", ["S", "M"])
    renamed = await ask(DEFINE, id=made["id"], input={**draft, "label": "Shoes"})
    assert renamed["attributeDefinitionSave"]["definition"]["label"] == "Shoes"
    definitions = (await ask("{ attributeDefinitions { key label filterable unique } }"))[
        "attributeDefinitions"
    ]
    assert key in [each["key"] for each in definitions]
    customer_id = await created(ask, attributes=[{"key": key, "value": "M"}])
    query = """query ($id: ID!, $key: String!) { customer(by: {id: $id}) {
      attributes(keys: [$key]) { key value display access definition { label } }
      attribute(key: $key) { value } } }"""
    shown = (await ask(query, id=customer_id, key=key))["customer"]
    assert shown["attribute"] == {"value": "M"}
    assert shown["attributes"][0]["definition"] == {"label": "Shoes"}


async def test_a_unique_value_belongs_to_one_customer(ask):
    key = word("card")
    draft = {"key": key, "type": "STRING", "label": "Card", "unique": True}
    await ask(DEFINE, input=draft)
    card = {"attributes": [{"key": key, "value": word("number")}]}
    await created(ask, **card)
    refused = (await ask(CREATE, input=card))["customerCreate"]
    [issue] = refused["issues"]
    assert (issue["code"], issue["path"][1:]) == ("NOT_UNIQUE", ["attributes", "0", "value"])


async def test_a_note_is_written_once_edited_paged_and_taken_away(ask):
    customer = {"id": await created(ask)}
    key = word("key")
    note = (await ask(ADD_NOTE, customer=customer, text="Called.", key=key))["customerNoteAdd"]
    again = (await ask(ADD_NOTE, customer=customer, text="Called.", key=key))["customerNoteAdd"]
    assert again == {**note, "replayed": True}
    await ask(ADD_NOTE, customer=customer, text="Wrote.")
    note_id = note["note"]["id"]
    edited = await ask(EDIT_NOTE, id=note_id, text="Called twice.", version=1)
    assert edited["customerNoteEdit"]["note"] == {"version": 2, "text": "Called twice."}
    late = (await ask(EDIT_NOTE, id=note_id, text="Late.", version=1))["customerNoteEdit"]
    assert late["__typename"] == "InvalidStateError"
    first = (await ask(NOTES_OF, id=customer["id"]))["customer"]["notes"]
    after = first["pageInfo"]["endCursor"]
    second = (await ask(NOTES_OF, id=customer["id"], after=after))["customer"]["notes"]
    texts = [node["text"] for node in (*first["nodes"], *second["nodes"])]
    assert texts == ["Wrote.", "Called twice."]
    gone = (await ask(DELETE_NOTE, id=note_id))["customerNoteDelete"]
    assert gone == {"__typename": "DeletedPayload", "id": note_id}


async def test_points_are_booked_once_and_the_tier_follows(ask):
    customer = {"id": await created(ask)}
    tiers = (await ask("{ loyaltyTiers { key name rank thresholdPoints benefits } }"))[
        "loyaltyTiers"
    ]
    enough, key = tiers[1]["thresholdPoints"], word("key")
    booked = (await ask(BOOK, customer=customer, delta=enough, key=key))["loyaltyPointsAdjust"]
    again = (await ask(BOOK, customer=customer, delta=enough, key=key))["loyaltyPointsAdjust"]
    assert (booked["tierChanged"], booked["account"]["tier"]["key"]) == (True, tiers[1]["key"])
    assert again == {**booked, "replayed": True}
    other = (await ask(BOOK, customer=customer, delta=1, key=key))["loyaltyPointsAdjust"]
    assert other["__typename"] == "IdempotencyMismatchError"
    async with asyncio.TaskGroup() as group:
        for _ in range(6):
            group.create_task(ask(BOOK, customer=customer, delta=-1, key=word("key")))
    seen, after = [], None
    for _ in range(4):
        page = (await ask(LEDGER, id=customer["id"], after=after))["customer"]["loyalty"]
        seen += [node["delta"] for node in page["transactions"]["nodes"]]
        after = page["transactions"]["pageInfo"]["endCursor"]
    assert sum(seen) == enough - 6
    assert (len(seen), page["transactions"]["pageInfo"]["hasNextPage"]) == (7, False)


async def test_consent_is_refused_then_allowed_then_taken_back_each_with_its_reason(ask):
    customer_id = await created(ask)
    asked = {"id": customer_id, "purpose": "marketing.newsletter", "channel": "EMAIL"}
    before = (await ask(MAY, **asked))["customer"]["consent"]
    assert (before["allowed"], before["reason"], before["record"]) == (False, "NO_RECORD", None)
    key, act = word("key"), granted("marketing.newsletter", "EMAIL")
    recorded = (await ask(RECORD, customer={"id": customer_id}, consents=[act], key=key))[
        "consentRecord"
    ]
    again = (await ask(RECORD, customer={"id": customer_id}, consents=[act], key=key))[
        "consentRecord"
    ]
    assert again == {**recorded, "replayed": True}
    after = (await ask(MAY, **asked))["customer"]["consent"]
    assert (after["allowed"], after["basis"]) == (True, "CONSENT")
    assert after["record"] == {"id": recorded["records"][0]["id"]}
    back = {**act, "status": "WITHDRAWN", "collectedAt": "2026-04-02T09:00:00Z"}
    await ask(RECORD, customer={"id": customer_id}, consents=[back])
    refused = (await ask(MAY, **asked))["customer"]["consent"]
    assert (refused["allowed"], refused["reason"]) == (False, "WITHDRAWN")
    newest = (await ask(HISTORY, id=customer_id))["customer"]["consentHistory"]
    cursor = newest["pageInfo"]["endCursor"]
    older = (await ask(HISTORY, id=customer_id, after=cursor))["customer"]["consentHistory"]
    statuses = [node["status"] for node in (*newest["nodes"], *older["nodes"])]
    assert (statuses, older["pageInfo"]["hasNextPage"]) == (["WITHDRAWN", "GRANTED"], False)
    purposes = (await ask("{ purposes { id key title channels parent { key } } }"))["purposes"]
    assert "marketing.newsletter" in [purpose["key"] for purpose in purposes]


async def test_a_consent_without_its_evidence_is_refused_where_it_lacks(ask):
    customer = {"id": await created(ask)}
    bad = granted("nothing we know", "EMAIL", status="EXPIRED", policyVersion="")
    answer = (await ask(RECORD, customer=customer, consents=[bad]))["consentRecord"]
    assert answer["__typename"] == "ValidationFailedError"
    assert ["consents", "0", "purpose"] in [issue["path"] for issue in answer["issues"]]


async def household(ask, number, **more):
    """Somebody the partner's file knows; made once, for one story."""
    return await created(ask, emails=[f"household{number}@example.com"], **more)


async def test_enrichment_asks_nobody_without_consent_and_says_why(ask):
    customer_id = await household(ask, 0)
    target = {"customer": {"id": customer_id}}
    answer = (await ask(START, input={"target": target, "mode": "EXECUTE"}))["enrichmentStart"]
    assert answer["__typename"] == "ConsentRequiredError"
    assert {(d["purpose"], d["reason"]) for d in answer["missing"]} == {("enrichment", "NO_RECORD")}
    assert (await ask(ENRICHED, id=customer_id))["customer"]["enrichedAttributes"] == []


async def test_enrichment_plans_proposes_and_executes_with_provenance(ask):
    customer_id = await household(ask, 1, consents=[granted("enrichment")])
    start = {"target": {"customer": {"id": customer_id}}, "sources": ["acme"]}
    runs = {
        mode: (await ask(START, input={**start, "mode": mode}))["enrichmentStart"]["run"]
        for mode in ("PLAN", "PROPOSE", "EXECUTE")
    }
    assert [runs[mode]["attributes"] for mode in ("PLAN",)] == [[]]
    assert (runs["PROPOSE"]["matched"], runs["EXECUTE"]["matched"]) == (1, 1)
    shown = (await ask(ENRICHED, id=customer_id))["customer"]
    [value] = shown["enrichedAttributes"]
    assert (value["key"], value["value"], value["status"]) == ("household_size", 2, "ACCEPTED")
    provenance = value["provenance"]
    assert provenance["source"] == {"key": "acme", "licence": "contract 2026-17"}
    assert provenance["run"] == {"id": runs["EXECUTE"]["id"]}
    assert (provenance["basis"], provenance["matchedOn"]) == ("CONSENT", ["EMAIL"])
    assert len(shown["enrichmentRuns"]["nodes"]) == 3
    sources = await ask("{ enrichmentSources { key purpose fields enabled accepts } }")
    assert "acme" in [source["key"] for source in sources["enrichmentSources"]]


async def test_a_proposed_value_waits_for_somebodys_yes(ask):
    customer_id = await household(ask, 2, consents=[granted("enrichment")])
    start = {"target": {"customer": {"id": customer_id}}, "sources": ["acme"], "mode": "PROPOSE"}
    key = word("key")
    run = (await ask(START, input=start, key=key))["enrichmentStart"]
    assert (await ask(START, input=start, key=key))["enrichmentStart"]["replayed"] is True
    [proposed] = run["run"]["attributes"]
    assert proposed["status"] == "PROPOSED"
    decided = (await ask(DECIDE, id=proposed["id"], status="ACCEPTED"))["enrichedAttributeDecide"]
    assert decided["attribute"] == {"key": "household_size", "status": "ACCEPTED"}
    where = {"enriched": {"key": "household_size", "eq": 3}}
    listed = "query ($where: CustomerWhere) { customers(where: $where) { nodes { id } } }"
    assert (await ask(listed, where=where))["customers"]["nodes"] == [{"id": customer_id}]


async def test_a_run_over_many_customers_is_queued_and_can_be_asked_for(ask):
    ids = [await household(ask, number, consents=[granted("enrichment")]) for number in (3, 4)]
    start = {"target": {"where": {"id": ids}}, "sources": ["acme"], "mode": "EXECUTE"}
    run_id = (await ask(START, input=start))["enrichmentStart"]["run"]["id"]
    assert (await ask(RUN, id=run_id))["enrichmentRun"]["status"] in {
        *("QUEUED", "RUNNING", "SUCCEEDED")
    }


async def test_anything_is_found_by_its_id_in_the_order_asked(ask):
    customer_id = await created(ask, tags=["vip"])
    purposes = (await ask("{ purposes { id } }"))["purposes"]
    ids = [purposes[0]["id"], customer_id, "tag_00000000000000000000000000", "nonsense"]
    query = """query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id
      ... on Customer { tags { nodes { key } } } } }"""
    found = (await ask(query, ids=ids))["nodes"]
    assert [each and each["__typename"] for each in found] == ["Purpose", "Customer", None, None]
    assert found[1]["tags"]["nodes"] == [{"key": "vip"}]
    node = "query ($id: ID!) { node(id: $id) { id ... on Customer { version } } }"
    assert (await ask(node, id=customer_id))["node"] == {"id": customer_id, "version": 1}


async def test_the_viewer_knows_who_asks_and_what_they_may_do(ask):
    query = """{ viewer { actor { kind label } scopes locale costBudget
      may: can(mutation: "tagSave") never: can(mutation: "noSuchThing") } }"""
    viewer = (await ask(query))["viewer"]
    assert viewer["actor"] == {"kind": "API_KEY", "label": viewer["actor"]["label"]}
    assert (viewer["may"], viewer["never"]) == (True, False)
    assert viewer["costBudget"] == 1000
