"""Who sees personal data masked cannot guess it by filters, orders or tags either."""

import pytest

from domain.access import SCOPES
from tests.commands import RECORDER, counted

MASKED = frozenset(SCOPES) - {"pii:read"}
LIST = """query ($where: CustomerWhere, $search: String, $orderBy: CustomerOrder) {
  customers(where: $where, search: $search, orderBy: $orderBy) { nodes { id } }
}"""
CREATE = """mutation ($input: CustomerCreateInput!) { customerCreate(input: $input) {
  ... on CustomerPayload { customer { id } } ... on ValidationFailedError { issues { path code } }
} }"""
RETAG = """mutation ($id: ID!, $add: [String!], $remove: [String!]) {
  customerTagsUpdate(customer: {id: $id}, add: $add, remove: $remove) {
    ... on CustomerPayload { changedFields } ... on ValidationFailedError { issues { path code } }
  }
}"""
SENSITIVE = """mutation { tagSave(key: "ill", label: "Ill", sensitive: true) { __typename } }"""
CARRIED = "query ($id: ID!) { customer(by: {id: $id}) { tags { nodes { key } } } }"
ADA = {
    "name": {"given": "Ada", "family": "Lovelace"},
    "emails": ["ada@example.com"],
    "phones": ["+12025550143"],
    "externalIds": [{"source": "shop", "value": "1"}],
    "birthday": {"month": 12, "day": 10},
    "tags": ["ill"],
}
NO_KEY = [{"path": ["add", "0"], "code": "TAG_NOT_ALLOWED"}]


@pytest.fixture
async def ada(ask):
    await ask(SENSITIVE)
    created = await ask(CREATE, input=ADA)
    return created["customerCreate"]["customer"]["id"]


@pytest.mark.parametrize(
    "asked",
    [
        {"search": "lovelace"},
        {"orderBy": {"field": "DISPLAY_NAME"}},
        {"where": {"birthday": {"month": 12}}},
        {"where": {"enriched": {"key": "age", "gte": 30}}},
        {"where": {"familyName": {"eq": "Lovelace"}}},
        {"where": {"familyName": {"startsWith": "L"}}},
        {"where": {"email": {"startsWith": "a"}}},
        {"where": {"not": {"phone": {"startsWith": "+1"}}}},
    ],
)
async def test_what_would_tell_masked_values_bit_by_bit_needs_the_scope(refused, asked):
    answer = await refused(LIST, MASKED, **asked)
    assert answer == {"code": "FORBIDDEN", "scopes": ["pii:read"]}


@pytest.mark.parametrize(
    "where",
    [
        {"email": {"eq": "ada@example.com"}},
        {"phone": {"in": ["+12025550143"]}},
        {"externalId": {"source": "shop", "value": "1"}},
    ],
)
async def test_who_knows_a_whole_contact_may_ask_for_its_holder(ask, ada, where):
    assert (await ask(LIST, MASKED, where=where))["customers"]["nodes"] == [{"id": ada}]


async def test_a_sensitive_tag_is_not_put_on_by_who_may_not_see_it(ask, ada):
    answer = await ask(RETAG, MASKED, id=ada, add=["ill"])
    assert answer["customerTagsUpdate"] == {"issues": NO_KEY}
    answer = await ask(CREATE, MASKED, input={"tags": ["ill"]})
    assert answer["customerCreate"]["issues"] == [
        {"path": ["input", "tags", "0"], "code": "TAG_NOT_ALLOWED"}
    ]


@pytest.mark.parametrize("name", ["anyOf", "allOf", "noneOf"])
async def test_a_filter_tells_no_sensitive_tag_from_one_that_is_not_there(ask, refused, ada, name):
    answers = []
    for key in ("ill", "none"):
        with RECORDER.recording() as commands:
            told = await refused(LIST, MASKED, where={"tags": {name: [key]}})
        sent = counted(commands)
        del sent["find purposes"]  # once a minute, whoever asks
        answers.append((told, sent))
    assert answers[0] == answers[1]
    assert answers[0][0]["issues"][0]["code"] == "TAG_UNKNOWN"
    assert await ask(LIST, where={"tags": {name: ["ill"]}})


async def test_taking_a_sensitive_tag_off_changes_and_tells_nothing(ask, ada):
    answer = await ask(RETAG, MASKED, id=ada, remove=["ill"])
    assert answer["customerTagsUpdate"] == {"changedFields": []}
    assert (await ask(CARRIED, id=ada))["customer"]["tags"]["nodes"] == [{"key": "ill"}]
    answer = await ask(RETAG, id=ada, remove=["ill"])
    assert answer["customerTagsUpdate"] == {"changedFields": ["tags"]}


async def test_of_several_writes_those_before_a_refused_argument_are_done(ask, refused):
    writes = """mutation {
      done: customerCreate(input: {emails: ["first@example.com"]}) { __typename }
      refused: enrichmentStart(input: {target: {where: {familyName: {eq: "L"}}}}) { __typename }
      never: customerCreate(input: {emails: ["last@example.com"]}) { __typename } }"""
    held = frozenset({"customers:write", "enrichment:run"})
    assert await refused(writes, held) == {"code": "FORBIDDEN", "scopes": ["pii:read"]}
    find = '{ first: customers(where: {email: {eq: "first@example.com"}}) { nodes { id } } '
    find += 'last: customers(where: {email: {eq: "last@example.com"}}) { nodes { id } } }'
    found = await ask(find)
    assert [len(found[each]["nodes"]) for each in ("first", "last")] == [1, 0]
