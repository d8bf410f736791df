"""Customers as a front end meets them: created, found, changed, listed."""

import asyncio

import pytest

CREATE = """
mutation ($input: CustomerCreateInput!, $key: String) {
  customerCreate(input: $input, idempotencyKey: $key) {
    __typename
    ... on CustomerPayload {
      replayed changedFields
      customer { id version displayName primaryEmail { address masked } primaryPhone { e164 } }
    }
    ... on ValidationFailedError { issues { path code } }
    ... on IdentityConflictError { kind holder }
    ... on Error { code message }
  }
}
"""
UPDATE = """
mutation ($input: CustomerUpdateInput!) {
  customerUpdate(input: $input) {
    __typename
    ... on CustomerPayload { changedFields customer { id version locale name { formatted } } }
    ... on VersionConflictError { expected changedFields current { version locale } }
    ... on ValidationFailedError { issues { path code } }
    ... on Error { code message path }
  }
}
"""
ADA = {
    "name": {"given": "Ada", "family": "Lovelace"},
    "emails": ["Ada@Example.com"],
    "phones": ["(202) 555-0143"],
    "defaultPhoneRegion": "US",
    "tags": ["vip"],
    "consents": [
        {
            "purpose": "marketing",
            "channel": "EMAIL",
            "status": "GRANTED",
            "collectedAt": "2026-04-01T09:00:00Z",
            "source": "checkout",
            "policyVersion": "3",
            "wording": "Yes, write to me.",
        }
    ],
}


@pytest.fixture
async def ada(ask):
    return (await ask(CREATE, input=ADA))["customerCreate"]["customer"]


UPSERT = """
mutation ($input: CustomerCreateInput!) {
  customerUpsert(by: {externalId: {source: "till", value: "1"}}, input: $input) {
    __typename ... on ValidationFailedError { issues { path code } }
  }
}
"""


async def test_problems_are_told_in_one_order_whoever_creates(ask):
    long = {"given": "x" * 300}
    wrong = {"tags": ["No Key"], "emails": ["nobody"], "phones": ["+1"], "name": long}
    answers = [await ask(CREATE, input=wrong), await ask(UPSERT, input=wrong)]
    told = [[issue["path"][1] for issue in _only(each)["issues"]] for each in answers]
    assert told == [["emails", "phones", "name", "tags"]] * 2
    known = {"externalIds": [{"source": "till", "value": "1"}]}
    await ask(CREATE, input=known)
    again = _only(await ask(UPSERT, input=wrong))
    assert [issue["path"][1] for issue in again["issues"]][-1] == "tags"


def _only(answer):
    [found] = answer.values()
    return found


async def test_a_customer_is_created_with_contacts_in_normal_form(ada):
    assert ada["displayName"] == "Ada Lovelace"
    assert ada["primaryEmail"] == {"address": "Ada@example.com", "masked": "a•••@•••.com"}
    assert ada["primaryPhone"] == {"e164": "+12025550143"}


@pytest.mark.parametrize("by", [{"email": "ada@EXAMPLE.com"}, {"phone": "+1 202 555 0143"}])
async def test_a_customer_is_found_by_any_spelling_of_a_contact(ask, ada, by):
    query = "query ($by: CustomerRef!) { customer(by: $by) { id } }"
    assert (await ask(query, by=by))["customer"] == {"id": ada["id"]}


async def test_a_taken_address_names_the_holder_and_never_the_value(ask, ada):
    answer = (await ask(CREATE, input={"emails": ["ADA@example.com"]}))["customerCreate"]
    assert answer["__typename"] == "IdentityConflictError"
    assert answer["holder"] == ada["id"]
    assert "ada" not in answer["message"].lower()


async def test_every_problem_of_an_input_is_named_at_once(ask):
    bad = {"emails": ["no"], "phones": ["0301234"], "birthday": {"month": 2, "day": 30}}
    answer = (await ask(CREATE, input=bad))["customerCreate"]
    assert sorted(issue["path"] for issue in answer["issues"]) == [
        ["input", "birthday"],
        ["input", "emails", "0"],
        ["input", "phones", "0"],
    ]


async def test_the_same_key_and_input_replay_the_answer(ask):
    first = (await ask(CREATE, input=ADA, key="one"))["customerCreate"]
    second = (await ask(CREATE, input=ADA, key="one"))["customerCreate"]
    assert (first["replayed"], second["replayed"]) == (False, True)
    assert first["customer"]["id"] == second["customer"]["id"]
    other = (await ask(CREATE, input={"emails": ["b@example.com"]}, key="one"))["customerCreate"]
    assert other["__typename"] == "IdempotencyMismatchError"


async def test_absent_keeps_and_null_clears(ask, ada):
    ref = {"id": ada["id"]}
    kept = (await ask(UPDATE, input={"ref": ref, "locale": "uk"}))["customerUpdate"]
    assert kept["customer"]["name"] == {"formatted": "Ada Lovelace"}
    assert kept["changedFields"] == ["locale"]
    cleared = (await ask(UPDATE, input={"ref": ref, "name": None}))["customerUpdate"]
    assert cleared["customer"]["name"] == {"formatted": ""}
    assert cleared["customer"]["locale"] == "uk"


async def test_a_write_over_a_newer_version_shows_what_changed(ask, ada):
    ref = {"id": ada["id"]}
    await ask(UPDATE, input={"ref": ref, "locale": "uk"})
    stale = {"ref": ref, "expectedVersion": 1, "timeZone": "Europe/Kyiv"}
    answer = (await ask(UPDATE, input=stale))["customerUpdate"]
    assert answer["__typename"] == "VersionConflictError"
    assert answer["changedFields"] == ["locale"]
    assert answer["current"] == {"version": 2, "locale": "uk"}


async def test_without_the_scope_contacts_come_masked_and_say_so(ask, ada):
    query = """query ($id: ID!) { customer(by: {id: $id}) {
      displayName name { given } primaryEmail { access address masked } } }"""
    seen = await ask(query, scopes=frozenset({"customers:read"}), id=ada["id"])
    assert seen["customer"] == {
        "displayName": "A. L.",
        "name": None,
        "primaryEmail": {
            "access": "MASKED_NO_SCOPE",
            "address": None,
            "masked": "a•••@•••.com",
        },
    }


async def test_a_list_pages_filters_and_counts(ask):
    for number in range(5):
        tags = ["even"] if number % 2 == 0 else []
        await ask(CREATE, input={"emails": [f"c{number}@example.com"], "tags": tags})
    query = """query ($after: String) {
      customers(where: {tags: {anyOf: ["even"]}}, first: 2, after: $after) {
        nodes { primaryEmail { address } } pageInfo { hasNextPage endCursor }
        totalCount { value precision } } }"""
    first = (await ask(query))["customers"]
    assert [n["primaryEmail"]["address"] for n in first["nodes"]] == [
        "c4@example.com",
        "c2@example.com",
    ]
    assert first["totalCount"] == {"value": 3, "precision": "EXACT"}
    second = (await ask(query, after=first["pageInfo"]["endCursor"]))["customers"]
    assert [n["primaryEmail"]["address"] for n in second["nodes"]] == ["c0@example.com"]
    assert second["pageInfo"]["hasNextPage"] is False


async def test_facets_count_what_a_list_can_be_narrowed_by(ask):
    for number in range(3):
        tags = ["even", "all"] if number % 2 == 0 else ["all"]
        phones = ["+4930231250" + str(number)]
        await ask(CREATE, input={"phones": phones, "tags": tags})
    query = """{ customers { facets(by: [TAG, TIER, COUNTRY, CONSENT]) {
      by precision buckets { key label count } } } }"""
    facets = (await ask(query))["customers"]["facets"]
    assert [[(b["key"], b["label"], b["count"]) for b in f["buckets"]] for f in facets] == [
        [("all", "all", 3), ("even", "even", 2)],
        [("bronze", "Bronze", 3)],
        [("DE", "DE", 3)],
        [],
    ]
    assert {f["precision"] for f in facets} == {"EXACT"}


async def test_of_concurrent_upserts_one_creates_and_the_others_add(ask):
    upsert = """mutation ($tag: String!) {
      customerUpsert(by: {email: "new@example.com"}, input: {tags: [$tag]}) {
        __typename ... on CustomerPayload { customer { id } } } }"""
    answers = []

    async def one(number):
        answers.append((await ask(upsert, tag=f"t{number}"))["customerUpsert"])

    async with asyncio.TaskGroup() as group:
        for number in range(8):
            group.create_task(one(number))
    assert {answer["__typename"] for answer in answers} == {"CustomerPayload"}
    assert len({answer["customer"]["id"] for answer in answers}) == 1
    query = '{ customer(by: {email: "new@example.com"}) { tags { nodes { key } } } }'
    tags = (await ask(query))["customer"]["tags"]["nodes"]
    assert sorted(tag["key"] for tag in tags) == [f"t{number}" for number in range(8)]


async def test_an_address_has_at_most_ten_lines(ask):
    address = {"lines": ["Example Road 1"] * 11, "country": "GB"}
    answer = (await ask(CREATE, input={"addresses": [address]}))["customerCreate"]
    path = ["input", "addresses", "0", "lines"]
    assert answer["issues"] == [{"path": path, "code": "TOO_MANY"}]


async def test_so_many_addresses_at_most_are_taken_out_at_once(ask, ada):
    given = {"ref": {"id": ada["id"]}, "removeAddresses": ["adr_0"] * 51}
    answer = (await ask(UPDATE, input=given))["customerUpdate"]
    assert answer["issues"] == [{"path": ["input", "removeAddresses"], "code": "TOO_MANY"}]
