"""Customers: made, found by everything they have, changed, upserted, tagged."""

import pytest

from tests.outside.people import CREATE, created, email, granted, phone, word

pytestmark = pytest.mark.wheel

SHOWN = """
fragment Shown on Customer {
  id version createdAt updatedAt status displayName locale timeZone country
  name { given family middle formatted }
  primaryEmail { kind verifiedAt isPrimary access address masked deliverability }
  primaryPhone { kind verifiedAt isPrimary access e164 masked national country }
  identities { kind isPrimary ... on ExternalIdentity { source value } }
  birthday { year month day nextOccurrence }
  addresses(first: 2) { nodes { id kind isDefault lines city region postalCode country }
    pageInfo { hasNextPage } totalCount { value precision } }
  tags { nodes { key label } edges { cursor addedAt addedBy { kind label } expiresAt } }
  loyalty { id points tier { key name rank } pointsToNextTier nextTier { key } }
  consents { purpose channel status since }
}
"""
FIND = SHOWN + "query ($by: CustomerRef!) { customer(by: $by) { ...Shown } }"
UPDATE = """
mutation ($input: CustomerUpdateInput!, $key: String) {
  customerUpdate(input: $input, idempotencyKey: $key) {
    __typename
    ... on CustomerPayload { changedFields replayed warnings { code } customer {
      id version locale name { formatted } primaryEmail { address } primaryPhone { e164 }
      identities { kind } addresses { nodes { id lines isDefault } } birthday { month day } } }
    ... on VersionConflictError { expected changedFields current { version } }
    ... on ValidationFailedError { issues { path code message } }
    ... on IdentityConflictError { kind holder }
    ... on Error { code message path }
  }
}
"""
UPSERT = """
mutation ($by: CustomerRef!, $input: CustomerCreateInput!, $key: String) {
  customerUpsert(by: $by, input: $input, idempotencyKey: $key) {
    __typename
    ... on CustomerPayload { changedFields replayed customer {
      id locale name { formatted } identities { kind } addresses { nodes { id city } }
      tags { nodes { key } } } }
    ... on ValidationFailedError { issues { path code } }
    ... on Error { code message path }
  }
}
"""
TAG = """
mutation ($customer: CustomerRef!, $add: [String!], $remove: [String!], $until: DateTime) {
  customerTagsUpdate(customer: $customer, add: $add, remove: $remove, expiresAt: $until) {
    __typename
    ... on CustomerPayload { changedFields customer { version tags { edges { expiresAt
      node { key } } } } }
    ... on ValidationFailedError { issues { path code } }
    ... on Error { code message path }
  }
}
"""


async def test_a_customer_with_everything_comes_back_by_every_name_they_have(ask):
    address, number, shop_id = email(), phone(), word()
    customer_id = await created(
        ask,
        name={"given": "Ada", "family": "Lovelace"},
        emails=[address, email()],
        phones=[f"030 {number[5:]}"],
        defaultPhoneRegion="DE",
        externalIds=[{"source": "shopify", "value": shop_id}],
        locale="en_gb",
        timeZone="Europe/London",
        birthday={"month": 2, "day": 29},
        addresses=[{"lines": ["1 Example Road"], "country": "gb", "isDefault": True}],
        tags=["vip"],
        consents=[granted("marketing", "EMAIL")],
    )
    references = [
        {"id": customer_id},
        {"email": address.upper()},
        {"phone": f"+49 (30) {number[5:]}"},
        {"externalId": {"source": "shopify", "value": shop_id}},
    ]
    found = [(await ask(FIND, by=by))["customer"] for by in references]
    assert all(each == found[0] for each in found)
    one = found[0]
    assert (one["displayName"], one["locale"], one["country"]) == ("Ada Lovelace", "en-GB", "GB")
    assert one["primaryPhone"]["e164"] == number
    assert [each["key"] for each in one["tags"]["nodes"]] == ["vip"]
    assert [each["status"] for each in one["consents"]] == ["GRANTED"]
    assert one["loyalty"]["tier"]["key"] == "bronze"


async def test_who_is_not_there_is_null(ask):
    nobody = "cus_00000000000000000000000000"
    for by in ({"id": nobody}, {"email": email()}, {"phone": "+12025550199"}):
        assert (await ask("query ($by: CustomerRef!) { customer(by: $by) { id } }", by=by)) == {
            "customer": None
        }


async def test_every_problem_of_a_form_comes_at_once_with_the_path_of_its_field(ask):
    bad = {
        "name": {"given": "A" * 201},
        "emails": [email(), "nobody"],
        "phones": ["030 23125000"],
        "birthday": {"month": 2, "day": 30},
        "timeZone": "Mars/Olympus",
        "externalIds": [{"source": "", "value": "1"}],
        "addresses": [{"lines": ["1"], "country": "DE", "id": "mine"}],
        "attributes": [{"key": word(), "value": 1}],
        "tags": ["Not a key"],
        "consents": [granted("no such purpose")],
    }
    answer = (await ask(CREATE, input=bad))["customerCreate"]
    assert answer["__typename"] == "ValidationFailedError"
    assert all(issue["message"].endswith(".") for issue in answer["issues"])
    paths = {".".join(issue["path"]) for issue in answer["issues"]}
    assert paths >= {
        "input.name.given",
        "input.emails.1",
        "input.birthday",
        "input.timeZone",
        "input.externalIds.0",
        "input.addresses.0.id",
        "input.attributes.0.key",
        "input.tags.0",
        "input.consents.0.purpose",
    }


async def test_an_address_has_one_holder_whoever_asks_for_it(ask):
    address = email()
    holder = await created(ask, emails=[address])
    answer = (await ask(CREATE, input={"emails": [address.upper()]}))["customerCreate"]
    assert (answer["__typename"], answer["kind"]) == ("IdentityConflictError", "EMAIL")
    assert (answer["holder"], answer["suggestMerge"]) == (holder, True)
    assert address not in answer["message"]


async def test_a_retry_gets_the_first_answer_and_other_input_a_mismatch(ask):
    key, first = word("key"), {"emails": [email()]}
    once = (await ask(CREATE, input=first, key=key))["customerCreate"]
    again = (await ask(CREATE, input=first, key=key))["customerCreate"]
    assert again == {**once, "replayed": True}
    other = (await ask(CREATE, input={"emails": [email()]}, key=key))["customerCreate"]
    assert other["__typename"] == "IdempotencyMismatchError"


async def test_an_update_keeps_clears_and_patches(ask):
    old, new, number = email(), email(), phone()
    ref = {"id": await created(ask, name={"given": "Ada"}, emails=[old], locale="en")}
    change = {
        "ref": ref,
        "name": None,
        "emails": {"add": [new]},
        "primaryEmail": new.upper(),
        "phones": {"add": [number]},
        "addExternalIds": [{"source": "erp", "value": word()}],
        "putAddresses": [{"lines": ["1 Example Road"], "country": "GB"}],
        "birthday": {"month": 5, "day": 1},
    }
    answer = (await ask(UPDATE, input=change))["customerUpdate"]
    customer = answer["customer"]
    assert answer["changedFields"] == [
        *("name", "emails", "phones", "externalIds", "birthday", "addresses")
    ]
    assert customer["name"] == {"formatted": ""}
    assert (customer["locale"], customer["primaryEmail"]) == ("en", {"address": new})
    address_id = customer["addresses"]["nodes"][0]["id"]
    undo = {
        "ref": ref,
        "emails": {"remove": [new]},
        "phones": {"remove": [number]},
        "removeAddresses": [address_id],
        "birthday": None,
        "locale": None,
    }
    after = (await ask(UPDATE, input=undo))["customerUpdate"]["customer"]
    assert (after["primaryEmail"], after["primaryPhone"]) == ({"address": old}, None)
    assert (after["addresses"]["nodes"], after["birthday"], after["locale"]) == ([], None, None)
    assert (await ask(UPDATE, input=undo))["customerUpdate"]["changedFields"] == []


async def test_a_write_over_a_newer_version_says_what_changed_meanwhile(ask):
    ref = {"id": await created(ask, locale="en")}
    await ask(UPDATE, input={"ref": ref, "locale": "de"})
    late = (await ask(UPDATE, input={"ref": ref, "expectedVersion": 1, "name": {"given": "A"}}))[
        "customerUpdate"
    ]
    assert late["__typename"] == "VersionConflictError"
    assert (late["expected"], late["changedFields"]) == (1, ["locale"])
    assert late["current"] == {"version": 2}


async def test_a_customer_who_is_not_there_cannot_be_changed(ask):
    nobody = {"id": "cus_00000000000000000000000000"}
    answers = [
        (await ask(UPDATE, input={"ref": nobody, "locale": "de"}))["customerUpdate"],
        (await ask(UPSERT, by=nobody, input={"locale": "de"}))["customerUpsert"],
        (await ask(TAG, customer=nobody, add=["vip"]))["customerTagsUpdate"],
    ]
    assert [each["__typename"] for each in answers] == ["NotFoundError"] * 3
    assert [each["path"] for each in answers] == [["input", "ref"], ["by", "id"], ["customer"]]


async def test_an_upsert_makes_whom_it_does_not_find_and_adds_to_whom_it_finds(ask):
    address = email()
    description = {
        "name": {"given": "Ada", "family": "Byron"},
        "addresses": [{"lines": ["1 Example Road"], "city": "London", "country": "GB"}],
    }
    first = (await ask(UPSERT, by={"email": address}, input=description))["customerUpsert"]
    more = {**description, "locale": "en", "tags": ["vip"], "name": {}}
    second = (await ask(UPSERT, by={"email": address}, input=more))["customerUpsert"]
    assert first["customer"]["id"] == second["customer"]["id"]
    assert second["changedFields"] == ["locale", "tags"]
    assert second["customer"]["name"] == {"formatted": "Ada Byron"}
    assert len(second["customer"]["addresses"]["nodes"]) == 1
    bad = {"emails": ["nobody"], "externalIds": [{"source": "", "value": ""}]}
    refused = (await ask(UPSERT, by={"email": address}, input=bad))["customerUpsert"]
    assert [issue["path"] for issue in refused["issues"]] == [
        ["input", "emails", "0"],
        ["input", "externalIds", "0"],
    ]


async def test_tags_go_on_and_off_and_end_by_themselves(ask):
    customer = {"id": await created(ask, tags=["old"])}
    until = "2099-01-01T00:00:00Z"
    put = (await ask(TAG, customer=customer, add=["summer"], remove=["old"], until=until))[
        "customerTagsUpdate"
    ]
    assert put["changedFields"] == ["tags"]
    assert [edge["node"]["key"] for edge in put["customer"]["tags"]["edges"]] == ["summer"]
    assert put["customer"]["tags"]["edges"][0]["expiresAt"] == "2099-01-01T00:00:00.000Z"
    past = (await ask(TAG, customer=customer, add=["x"], until="2020-01-01T00:00:00Z"))[
        "customerTagsUpdate"
    ]
    assert past["issues"] == [{"path": ["expiresAt"], "code": "IN_THE_PAST"}]
