"""A value of a unique attribute belongs to one customer, as a caller meets it."""

import asyncio

import pytest

DEFINE = """mutation ($id: ID, $label: String! = "Card", $unique: Boolean! = true) {
  attributeDefinitionSave(
    id: $id, input: {key: "card", type: STRING, label: $label, unique: $unique, filterable: true}
  ) {
    ... on AttributeDefinitionPayload { definition { id unique version } }
    ... on ValidationFailedError { issues { path code } } } }"""
PASSPORT = """mutation { attributeDefinitionSave(input: {key: "card", type: STRING, label: "Card"
  unique: true, piiClass: IDENTITY, requiredScope: "notes:read"}) { __typename } }"""
WRITES = frozenset({"customers:write"})
BY = """mutation { customerUpsert(by: {email: "ada@example.com"}, input: {%s}) { __typename } }"""
OUTCOME = """
    ... on CustomerPayload { customer { id } changedFields }
    ... on ValidationFailedError { code message issues { path code message } }"""
CREATE = f"""mutation ($input: CustomerCreateInput!, $key: String) {{
  customerCreate(input: $input, idempotencyKey: $key) {{ {OUTCOME} }} }}"""
UPDATE = f"""mutation ($input: CustomerUpdateInput!) {{
  customerUpdate(input: $input) {{ {OUTCOME} }} }}"""
UPSERT = f"""mutation ($by: CustomerRef!, $input: CustomerCreateInput!) {{
  customerUpsert(by: $by, input: $input) {{ {OUTCOME} }} }}"""
FOUND = """{ customers(where: {attribute: {key: "card", eq: "canary"}}) { nodes { id } } }"""


def card(value):
    return {"attributes": [{"key": "card", "value": value}]}


@pytest.fixture
async def ask_defined(ask):
    await ask(DEFINE)
    return ask


async def created(ask, value="canary", **more):
    return (await ask(CREATE, input=card(value) | more.pop("fields", {}), **more))["customerCreate"]


async def updated(ask, holder, value):
    ref = {"ref": {"id": holder["customer"]["id"]}}
    return (await ask(UPDATE, input=ref | card(value)))["customerUpdate"]


def require_not_unique(answer, place="0"):
    [issue] = answer["issues"]
    assert (answer["code"], issue["code"]) == ("VALIDATION_FAILED", "NOT_UNIQUE")
    assert issue["path"] == ["input", "attributes", place, "value"]
    assert "canary" not in str(answer)
    assert "cus_" not in str(answer)


async def test_a_value_of_another_is_refused_at_its_field_and_tells_nobodys_name(ask_defined):
    first = await created(ask_defined)
    require_not_unique(await created(ask_defined))
    second = await created(ask_defined, "other")
    require_not_unique(await updated(ask_defined, second, "canary"))
    assert (await ask_defined(FOUND))["customers"]["nodes"] == [first["customer"]]


async def test_the_value_is_compared_as_it_is_stored(ask_defined):
    await created(ask_defined)
    require_not_unique(await created(ask_defined, " canary "))
    assert "customer" in await created(ask_defined, "Canary")


@pytest.mark.parametrize("instead", [None, "other"])
async def test_who_gives_a_value_up_makes_it_free(ask_defined, instead):
    first, second = await created(ask_defined), await created(ask_defined, "second")
    assert (await updated(ask_defined, first, instead))["changedFields"] == ["attributes"]
    assert "customer" in await updated(ask_defined, second, "canary")
    require_not_unique(await updated(ask_defined, first, "canary"))


async def test_saying_the_same_value_again_changes_nothing(ask_defined):
    first = await created(ask_defined)
    assert (await updated(ask_defined, first, "canary"))["changedFields"] == []


async def test_an_upsert_obeys_whether_it_creates_or_adds(ask_defined):
    await created(ask_defined)
    by = {"email": "ada@example.com"}
    refused = await ask_defined(UPSERT, by=by, input=card("canary"))
    require_not_unique(refused["customerUpsert"])
    assert "customer" in (await ask_defined(UPSERT, by=by, input={}))["customerUpsert"]
    refused = await ask_defined(UPSERT, by=by, input=card("canary"))
    require_not_unique(refused["customerUpsert"])
    assert "customer" in (await ask_defined(UPSERT, by=by, input=card("hers")))["customerUpsert"]


async def test_the_place_is_that_of_the_input(ask_defined):
    await ask_defined("""mutation { attributeDefinitionSave(
      input: {key: "a", type: INT, label: "A"}) { __typename } }""")
    await created(ask_defined)
    given = {"attributes": [{"key": "a", "value": 1}, *card("canary")["attributes"]]}
    require_not_unique(await created(ask_defined, fields=given), place="1")


async def test_of_twenty_callers_at_once_exactly_one_gets_the_value(ask_defined):
    async with asyncio.TaskGroup() as group:
        calls = [group.create_task(created(ask_defined)) for _ in range(20)]
    answers = [call.result() for call in calls]
    won = [answer["customer"] for answer in answers if "customer" in answer]
    for answer in answers:
        if "customer" not in answer:
            require_not_unique(answer)
    assert (await ask_defined(FOUND))["customers"]["nodes"] == won
    assert len(won) == 1


async def test_a_refusal_is_not_remembered_under_its_key(ask_defined):
    first = await created(ask_defined)
    require_not_unique(await created(ask_defined, key="k"))
    await updated(ask_defined, first, None)
    assert "customer" in await created(ask_defined, key="k")


async def test_whether_it_is_unique_stays_as_it_was_made(ask):
    made = (await ask(DEFINE))["attributeDefinitionSave"]["definition"]
    assert made["unique"] is True
    again = await ask(DEFINE, id=made["id"], label="Number of the card")
    assert again["attributeDefinitionSave"]["definition"] == {**made, "version": 2}
    refused = await ask(DEFINE, id=made["id"], unique=False)
    assert refused["attributeDefinitionSave"]["issues"] == [
        {"path": ["input", "unique"], "code": "UNIQUE_FIXED"}
    ]


@pytest.mark.parametrize("value", ["canary", "nobodys"])
@pytest.mark.parametrize(
    "write",
    [
        "mutation { customerCreate(input: {%s}) { __typename } }",
        """mutation { customerUpdate(input: {ref: {email: "ada@example.com"}, %s}) {
          __typename } }""",
        BY,
    ],
)
async def test_who_may_not_read_a_unique_value_cannot_guess_it_by_setting_it(
    ask, refused, write, value
):
    await ask(PASSPORT)
    await created(ask, fields={"emails": ["ada@example.com"]})
    guess = write % f'attributes: [{{key: "card", value: "{value}"}}]'
    told = {"code": "FORBIDDEN", "scopes": ["notes:read", "pii:read"]}
    assert await refused(guess, WRITES) == told
    counted = await ask("{ customers { totalCount { value } } }")
    assert counted["customers"]["totalCount"] == {"value": 1}


async def test_a_unique_value_is_cleared_without_the_scopes_that_read_it(ask):
    await ask(PASSPORT)
    await created(ask, fields={"emails": ["ada@example.com"]})
    cleared = BY % 'attributes: [{key: "card", value: null}]'
    answer = await ask(cleared, WRITES)
    assert answer["customerUpsert"]["__typename"] == "CustomerPayload"
