"""Customers are filtered by those attributes alone whose definition says so."""

import pytest

from domain.access import SCOPES

DEFINE = """mutation ($id: ID, $filterable: Boolean! = false) {
  attributeDefinitionSave(
    id: $id, input: {key: "size", type: INT, label: "Size", filterable: $filterable}
  ) { ... on AttributeDefinitionPayload { definition { id } } }
}"""
CREATE = """mutation { customerCreate(input: {attributes: [{key: "size", value: 42}]}) {
  ... on CustomerPayload { customer { id } } } }"""
LIST = "query ($where: CustomerWhere) { customers(where: $where) { nodes { id } } }"
ENRICH = """mutation ($where: CustomerWhere!) {
  enrichmentStart(input: {target: {where: $where}}) {
    ... on ValidationFailedError { issues { path code } } } }"""
SIZED = {"attribute": {"key": "size", "eq": 42}}


async def defined(ask, **saved):
    return (await ask(DEFINE, **saved))["attributeDefinitionSave"]["definition"]["id"]


@pytest.mark.parametrize(
    ("where", "path"),
    [
        (SIZED, ("where",)),
        ({"attribute": {"key": "size", "exists": False}}, ("where",)),
        ({"or": [{}, {"not": SIZED}]}, ("where", "or", "1", "not")),
    ],
)
async def test_a_filter_by_any_other_says_what_to_do(ask, refused, where, path):
    await defined(ask)
    answer = await refused(LIST, frozenset(SCOPES), where=where)
    [issue] = answer["issues"]
    assert (answer["code"], issue["code"]) == ("VALIDATION_FAILED", "NOT_FILTERABLE")
    assert issue["path"] == (*path, "attribute", "key")
    assert "attributeDefinitionSave" in issue["message"]


async def test_a_mutation_that_takes_a_filter_refuses_it_as_one_of_its_problems(ask):
    await defined(ask)
    [issue] = (await ask(ENRICH, where=SIZED))["enrichmentStart"]["issues"]
    assert issue["code"] == "NOT_FILTERABLE"
    assert issue["path"][-3:] == ["where", "attribute", "key"]


async def test_a_saved_definition_decides_from_its_next_filter_on(ask, refused):
    definition_id = await defined(ask)
    created = (await ask(CREATE))["customerCreate"]["customer"]
    await defined(ask, id=definition_id, filterable=True)
    assert (await ask(LIST, where=SIZED))["customers"]["nodes"] == [created]
    await defined(ask, id=definition_id)
    answer = await refused(LIST, frozenset(SCOPES), where=SIZED)
    assert answer["issues"][0]["code"] == "NOT_FILTERABLE"


async def test_who_may_not_read_an_attribute_is_told_that_first(ask, refused):
    await ask("""mutation { attributeDefinitionSave(
      input: {key: "size", type: INT, label: "Size", piiClass: DEMOGRAPHIC}) { __typename } }""")
    answer = await refused(LIST, frozenset(SCOPES) - {"pii:read"}, where=SIZED)
    assert answer == {"code": "FORBIDDEN", "scopes": ["pii:read"]}
