"""Custom attributes over the API: defined, set, shown and masked."""

import pytest

from domain.personal import PiiClass

DEFINE = """mutation($id: ID, $input: AttributeDefinitionInput!) {
  attributeDefinitionSave(id: $id, input: $input) {
    __typename
    ... on AttributeDefinitionPayload { definition {
      id key type label filterable unique piiClass requiredScope options version } }
    ... on Error { code }
    ... on ValidationFailedError { issues { path code } }
    ... on InvalidStateError { state allowed }
  }
}"""
CREATE = """mutation($attributes: [AttributeInput!]) {
  customerCreate(input: {attributes: $attributes}) {
    ... on CustomerPayload { customer { id } } ... on ValidationFailedError { issues { path code } }
  }
}"""
READ = """query($id: ID!, $keys: [String!], $key: String! = "fan") { customer(by: {id: $id}) {
  attributes(keys: $keys) { key value display(locale: "de") access definition { label } }
  attribute(key: $key) { value }
} }"""


async def defined(ask, key, kind, **more):
    answer = await ask(DEFINE, input={"key": key, "type": kind, "label": key.title(), **more})
    return answer["attributeDefinitionSave"]["definition"]


@pytest.fixture
async def customer_id(ask):
    await defined(ask, "fan", "BOOLEAN")
    await defined(ask, "income", "INT", piiClass="DEMOGRAPHIC")
    await defined(ask, "remark", "JSON", requiredScope="notes:read")
    values = {"fan": True, "income": 42_000, "remark": {"b": [1], "a": None}}
    given = [{"key": key, "value": value} for key, value in values.items()]
    return (await ask(CREATE, attributes=given))["customerCreate"]["customer"]["id"]


async def test_a_definition_is_saved_listed_and_changed(ask):
    made = await defined(ask, "size", "ENUM", options=["S", "M"])
    assert made["id"].startswith("att_")
    wider = {"key": "size", "type": "ENUM", "label": "Size", "options": ["S", "M", "L"]}
    await ask(DEFINE, id=made["id"], input=wider)
    listed = await ask("{ attributeDefinitions { key options version } }")
    expected = {"key": "size", "options": ["S", "M", "L"], "version": 2}
    assert listed["attributeDefinitions"] == [expected]


async def test_a_type_does_not_change(ask):
    made = await defined(ask, "size", "INT")
    text = {"key": "size", "type": "STRING", "label": "Size"}
    refused = (await ask(DEFINE, id=made["id"], input=text))["attributeDefinitionSave"]
    assert (refused["__typename"], refused["state"]) == ("InvalidStateError", "INT")


async def test_a_bad_definition_names_the_field_of_the_input(ask):
    bad = {"key": "Size!", "type": "JSON", "label": "", "unique": True}
    refused = (await ask(DEFINE, input=bad))["attributeDefinitionSave"]
    paths = [issue["path"] for issue in refused["issues"]]
    assert paths == [["input", "key"], ["input", "label"], ["input", "unique"]]


async def test_values_come_back_typed_and_readable(ask, customer_id):
    found = (await ask(READ, id=customer_id))["customer"]
    shown = {each["key"]: (each["value"], each["display"]) for each in found["attributes"]}
    assert shown == {
        "fan": (True, "Ja"),
        "income": (42_000, "42000"),
        "remark": ({"a": None, "b": [1]}, '{"a":null,"b":[1]}'),
    }
    assert {each["access"] for each in found["attributes"]} == {"GRANTED"}
    assert found["attribute"] == {"value": True}


async def test_some_values_can_be_asked_for_alone(ask, customer_id):
    found = (await ask(READ, id=customer_id, keys=["income", "none"], key="none"))["customer"]
    assert [each["key"] for each in found["attributes"]] == ["income"]
    assert found["attribute"] is None


@pytest.mark.parametrize(
    ("scopes", "masked"),
    [
        ({"customers:read"}, {"income", "remark"}),
        ({"customers:read", "pii:read"}, {"remark"}),
        ({"customers:read", "notes:read"}, {"income"}),
    ],
)
async def test_values_need_the_scopes_of_their_definition(send, customer_id, scopes, masked):
    result, context = await send(READ, frozenset(scopes), id=customer_id)
    found = result["customer"]["attributes"]
    hidden = {each["key"]: each for each in found if each["access"] == "MASKED_NO_SCOPE"}
    assert set(hidden) == masked
    assert {each["value"] for each in hidden.values()} == {None}
    assert {each["display"] for each in hidden.values()} == {None}
    disclosed = PiiClass.DEMOGRAPHIC in context.disclosures
    assert disclosed is ("income" not in masked)


async def test_an_unknown_attribute_says_how_to_define_it(ask):
    answer = await ask(CREATE, attributes=[{"key": "hat", "value": 1}])
    issue = answer["customerCreate"]["issues"][0]
    assert issue["code"] == "ATTRIBUTE_UNKNOWN"
    assert issue["path"] == ["input", "attributes", "0", "key"]


async def test_a_definition_is_a_node(ask):
    made = await defined(ask, "size", "INT")
    node = "query($id: ID!) { node(id: $id) { ... on AttributeDefinition { key } } }"
    assert (await ask(node, id=made["id"]))["node"] == {"key": "size"}


async def test_a_definition_sent_twice_with_one_key_is_made_once(ask):
    save = """mutation { attributeDefinitionSave(
      input: {key: "size", type: INT, label: "Size"}, idempotencyKey: "k") {
      __typename ... on AttributeDefinitionPayload { replayed definition { id } } } }"""
    first = (await ask(save))["attributeDefinitionSave"]
    again = (await ask(save))["attributeDefinitionSave"]
    assert (first["replayed"], again["replayed"]) == (False, True)
    assert first["definition"] == again["definition"]


@pytest.mark.parametrize(
    ("before", "after", "held", "missing"),
    [
        ({"piiClass": "DEMOGRAPHIC"}, {}, set(), ["pii:read"]),
        ({"requiredScope": "audit:read"}, {}, {"pii:read"}, ["audit:read"]),
        (
            {"requiredScope": "audit:read"},
            {"requiredScope": "notes:read"},
            {"audit:read"},
            ["pii:read"],
        ),
        ({}, {"piiClass": "CONTACT"}, set(), ["pii:read"]),
    ],
)
async def test_who_reads_values_is_changed_only_by_who_may_read_them(
    ask, refused, before, after, held, missing
):
    define = """mutation ($id: ID, $input: AttributeDefinitionInput!) {
      attributeDefinitionSave(id: $id, input: $input) {
        ... on AttributeDefinitionPayload { definition { id } } ... on Error { message } } }"""
    plain = {"key": "income", "type": "INT", "label": "Income"}
    made = (await ask(define, input=plain | before))["attributeDefinitionSave"]["definition"]
    scopes = frozenset({"attributes:write", *held})
    assert (await refused(define, scopes, id=made["id"], input=plain | after))["scopes"] == missing
    label = plain | before | {"label": "Yearly income"}
    answer = await ask(define, scopes, id=made["id"], input=label)
    assert answer["attributeDefinitionSave"] == {"definition": made}
