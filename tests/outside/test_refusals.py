"""What the server refuses: strangers, missing scopes, malformed and excessive queries."""

import pytest
from gql.transport.exceptions import TransportQueryError

from tests.outside.people import created, email, granted, word


@pytest.fixture
def post(http, admin_key):
    """Sends a query that no client with a schema would let through."""

    async def posted(query, key=admin_key, **variables):
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        body = {"query": query, "variables": variables}
        return await http.post("/graphql", json=body, headers=headers)

    return posted


@pytest.mark.parametrize("key", [None, "rap_nobodys", "rap_" + "0" * 60])
async def test_nobody_gets_an_answer_without_a_key(post, key):
    answer = await post("{ viewer { scopes } }", key=key)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert "data" not in answer.json()


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
async def test_health_needs_no_key(http, path):
    assert (await http.get(path)).status_code == 200


MUTATIONS = {
    "customerCreate": 'customerCreate(input: {locale: "de"}) { __typename }',
    "customerUpdate": 'customerUpdate(input: {ref: {id: "x"}, locale: "de"}) { __typename }',
    "customerUpsert": 'customerUpsert(by: {id: "x"}, input: {locale: "de"}) { __typename }',
    "customerTagsUpdate": 'customerTagsUpdate(customer: {id: "x"}, add: ["a"]) { __typename }',
    "tagSave": 'tagSave(key: "a", label: "A") { __typename }',
    "tagDelete": 'tagDelete(id: "x") { __typename }',
    "attributeDefinitionSave": (
        'attributeDefinitionSave(input: {key: "a", type: INT, label: "A"}) { __typename }'
    ),
    "customerNoteAdd": 'customerNoteAdd(customer: {id: "x"}, text: "a") { __typename }',
    "customerNoteEdit": 'customerNoteEdit(id: "x", text: "a") { __typename }',
    "customerNoteDelete": 'customerNoteDelete(id: "x") { __typename }',
    "consentRecord": 'consentRecord(customer: {id: "x"}, consents: []) { __typename }',
    "loyaltyPointsAdjust": (
        'loyaltyPointsAdjust(customer: {id: "x"}, delta: 1, reason: "a", idempotencyKey: "a")'
        " { __typename }"
    ),
    "enrichmentStart": ('enrichmentStart(input: {target: {customer: {id: "x"}}}) { __typename }'),
    "enrichedAttributeDecide": 'enrichedAttributeDecide(id: "x", status: ACCEPTED) { __typename }',
}


@pytest.mark.parametrize("mutation", MUTATIONS)
async def test_a_key_without_the_scope_may_not_write(post, masked_key, mutation):
    answer = (await post(f"mutation {{ {MUTATIONS[mutation]} }}", key=masked_key)).json()
    assert answer["data"] is None
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert answer["errors"][0]["extensions"]["scopes"]
    can = "query ($mutation: String!) { viewer { can(mutation: $mutation) } }"
    seen = (await post(can, key=masked_key, mutation=mutation)).json()
    assert seen["data"]["viewer"]["can"] is False


async def test_several_scopes_that_a_key_lacks_are_spoken_of_as_several(post, masked_key):
    adding = """mutation { customerNoteAdd(customer: {id: "x"}, text: "a") {
      ... on NotePayload { note { text } } } }"""
    [error] = (await post(adding, key=masked_key)).json()["errors"]
    assert error["message"] == (
        "This needs the scopes notes:read, notes:write, which your API key lacks, at "
        "customerNoteAdd: nothing was written. Ask for a key that holds them, or select less."
    )
    [error] = (
        await post(f"mutation {{ {MUTATIONS['customerNoteEdit']} }}", key=masked_key)
    ).json()["errors"]
    assert "the scope notes:write, which your API key lacks" in error["message"]


async def test_a_key_without_pii_read_sees_masks_that_say_so(ask, ask_masked):
    customer_id = await created(
        ask,
        name={"given": "Ada", "family": "Lovelace"},
        emails=[email()],
        # no number that phone() gives to somebody else
        phones=["+4969900090" + "99"],
        birthday={"month": 5, "day": 1},
        addresses=[{"lines": ["1 Example Road"], "postalCode": "E1", "country": "GB"}],
        locale="en",
    )
    query = """query ($id: ID!) { customer(by: {id: $id}) {
      displayName name { formatted } locale birthday { day }
      primaryEmail { access address masked } primaryPhone { access e164 national masked }
      addresses { nodes { lines postalCode city country } } } }"""
    assert (await ask_masked(query, id=customer_id))["customer"] == {
        "displayName": "A. L.",
        "name": None,
        "locale": None,
        "birthday": None,
        "primaryEmail": {
            "access": "MASKED_NO_SCOPE",
            "address": None,
            "masked": "a•••@•••.com",
        },
        "primaryPhone": {
            "access": "MASKED_NO_SCOPE",
            "e164": None,
            "national": None,
            "masked": "+49 ••• 99",
        },
        "addresses": {"nodes": [{"lines": [], "postalCode": None, "city": None, "country": "GB"}]},
    }


@pytest.mark.parametrize(
    "where",
    [
        {"email": {"startsWith": "a"}},
        {"phone": {"startsWith": "+4930"}},
        {"not": {"familyName": {"startsWith": "l"}}},
        {"enriched": {"key": "household_size", "gte": 3}},
    ],
)
async def test_masked_values_cannot_be_guessed_by_filters(ask_masked, where):
    query = "query ($where: CustomerWhere) { customers(where: $where) { nodes { id } } }"
    with pytest.raises(TransportQueryError) as refused:
        await ask_masked(query, where=where)
    assert refused.value.errors[0]["extensions"]["code"] == "FORBIDDEN"


async def test_without_pii_read_nobody_is_searched_for(ask_masked):
    with pytest.raises(TransportQueryError) as refused:
        await ask_masked('{ customers(search: "lovelace") { nodes { id } } }')
    assert refused.value.errors[0]["extensions"]["scopes"] == ["pii:read"]


async def test_a_personal_attribute_is_neither_shown_nor_filtered_by(ask, ask_masked):
    key = word("income")
    define = """mutation ($key: String!) { attributeDefinitionSave(input:
      {key: $key, type: INT, label: "Income", piiClass: DEMOGRAPHIC}) { __typename } }"""
    await ask(define, key=key)
    customer_id = await created(ask, attributes=[{"key": key, "value": 5}])
    shown = """query ($id: ID!, $key: String!) { customer(by: {id: $id}) {
      attribute(key: $key) { access value display } } }"""
    assert (await ask_masked(shown, id=customer_id, key=key))["customer"]["attribute"] == {
        "access": "MASKED_NO_SCOPE",
        "value": None,
        "display": None,
    }
    listed = "query ($where: CustomerWhere) { customers(where: $where) { nodes { id } } }"
    with pytest.raises(TransportQueryError):
        await ask_masked(listed, where={"attribute": {"key": key, "eq": 5}})


@pytest.mark.parametrize(
    "query",
    [
        "{ viewer { nothing } }",
        "{ customers(filter: {}) { nodes { id } } }",
        "{ customers(where: {surname: {eq: 1}}) { nodes { id } } }",
        '{ customers(where: {email: {regex: "a"}}) { nodes { id } } }',
        "{ customers(orderBy: {field: SHOE_SIZE}) { nodes { id } } }",
        '{ customer(by: {id: "a", email: "b"}) { id } }',
        "{ customer(by: {}) { id } }",
        "{ customers { nodes { id } }",
        "",
    ],
)
async def test_what_is_not_in_the_schema_is_refused(post, query):
    answer = (await post(query)).json()
    assert answer.get("data") is None
    assert answer["errors"][0]["message"]


NO_QUERY = [
    *(b"", b"{", b"[]", b"[1]", b"{}", b"\xff", b"null", b'"{ viewer { locale } }"'),
    *(b'{"query": 5}', b'{"query": "{ viewer { locale } }", "variables": 5}'),
]


@pytest.mark.parametrize("body", NO_QUERY)
async def test_what_is_no_query_is_refused_in_the_same_shape(http, admin_key, body):
    headers = {"Authorization": f"Bearer {admin_key}", "Content-Type": "application/json"}
    answer = await http.post("/graphql", content=body, headers=headers)
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert error["extensions"]["code"] == "BAD_REQUEST"
    assert "application/json" in error["message"]


async def test_a_filter_from_a_variable_is_held_to_the_schema_too(post):
    query = "query ($where: CustomerWhere) { customers(where: $where) { nodes { id } } }"
    for where in ({"surname": {"eq": "a"}}, {"email": {"like": "a"}}, {"status": ["HAPPY"]}):
        answer = (await post(query, where=where)).json()
        assert answer["errors"][0]["extensions"]["code"] == "QUERY_INVALID", where


@pytest.mark.parametrize(
    ("arguments", "code", "path"),
    [
        ('where: {attribute: {key: "nothing.like.it"}}', "ATTRIBUTE_UNKNOWN", "attribute"),
        ('where: {consent: {purpose: "x", status: [GRANTED]}}', "PURPOSE_UNKNOWN", "consent"),
        ('where: {tags: {noneOf: ["nothing.like.it"]}}', "TAG_UNKNOWN", "noneOf"),
        ('where: {tier: ["wood"]}', "TIER_UNKNOWN", "tier"),
        ('where: {id: ["tag_01jd5x3q0zfwbs5m2w8k3n7t4c"]}', "ID_INVALID", "id"),
        ("where: {birthday: {month: 13}}", "FILTER_INVALID", "birthday"),
        ("where: {birthday: {day: 1}}", "FILTER_INVALID", "birthday"),
        ("where: {birthday: {withinNextDays: 400}}", "FILTER_INVALID", "birthday"),
        ('where: {createdAt: {withinLast: "a while"}}', "DURATION_INVALID", "createdAt"),
        ('where: {email: {eq: "nobody"}}', "EMAIL_INVALID", "email"),
        ('where: {phone: {startsWith: "030"}}', "PHONE_REGION_REQUIRED", "phone"),
        ('where: {familyName: {startsWith: " "}}', "FILTER_INVALID", "familyName"),
        ("where: {not: {not: {not: {not: {not: {}}}}}}", "FILTER_TOO_DEEP", "where"),
        ('search: " "', "SEARCH_EMPTY", "search"),
        ('search: "a b c d e f g h i"', "SEARCH_TOO_LONG", "search"),
        ("first: 0", "PAGE_INVALID", "first"),
        ("first: 101", "PAGE_INVALID", "first"),
        ("last: -1", "PAGE_INVALID", "last"),
        ("first: 1, last: 1", "PAGE_INVALID", "last"),
        ('after: "nonsense"', "CURSOR_INVALID", "after"),
        ('after: "Q1JFQVRFRF9BVC18fn4"', "CURSOR_INVALID", "after"),
        (
            'orderBy: {field: DISPLAY_NAME}, before: "Q1JFQVRFRF9BVC18YQ"',
            "CURSOR_INVALID",
            "before",
        ),
    ],
)
async def test_a_wrong_argument_is_named_with_what_to_do(post, arguments, code, path):
    answer = (await post(f"{{ customers({arguments}) {{ pageInfo {{ endCursor }} }} }}")).json()
    [error] = answer["errors"]
    assert error["extensions"]["code"] == "VALIDATION_FAILED"
    [issue] = error["extensions"]["issues"]
    assert issue["code"] == code
    assert path in issue["path"]
    assert issue["message"].endswith(".")


CREATE = """mutation { customerCreate(input: {phones: ["030 23125000"]}) {
  ... on ValidationFailedError { issues { message } } } }"""


async def test_a_national_number_is_told_of_a_country_only_where_one_can_be_given(post):
    shorter = "This number has no country: write it with + and the country code."
    longer = "country code, or give the country it is to be read in."
    for query in (
        '{ customer(by: {phone: "030 23125000"}) { id } }',
        '{ customers(where: {phone: {eq: "030 23125000"}}) { pageInfo { endCursor } } }',
    ):
        [error] = (await post(query)).json()["errors"]
        assert [issue["message"] for issue in error["extensions"]["issues"]] == [shorter]
    [issue] = (await post(CREATE)).json()["data"]["customerCreate"]["issues"]
    assert issue["message"].endswith(longer)


async def test_a_filter_is_at_most_fifty_conditions_wide(post):
    query = "query ($where: CustomerWhere) { customers(where: $where) { nodes { id } } }"
    where = {"or": [{"tier": ["gold"]}] * 51}
    answer = (await post(query, where=where)).json()
    assert answer["errors"][0]["extensions"]["issues"][0]["code"] == "FILTER_TOO_WIDE"
    many = {"id": ["cus_0"] * 101}
    answer = (await post(query, where=many)).json()
    assert answer["errors"][0]["extensions"]["issues"][0]["code"] == "TOO_MANY"


DEEP = "{ a { b { c { d { e { f { g { h { i { j { k } } } } } } } } } } }"
SAME = "{ " + " ".join(f"a{n}: viewer {{ locale }}" for n in range(16)) + " }"
LONG = "{ viewer { locale " + "locale " * 2000 + "} }"
COUNTS = "{ customers(first: 100) { nodes { tags { nodes { customerCount { value } } } } } }"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (DEEP, "QUERY_TOO_DEEP"),
        (SAME, "TOO_MANY_ALIASES"),
        (LONG, "QUERY_TOO_LONG"),
        (COUNTS, "QUERY_TOO_COSTLY"),
        ("{ customers(first: 100000) { nodes { id } } }", "QUERY_TOO_COSTLY"),
    ],
)
async def test_each_limit_has_its_code_and_its_figure(post, query, code):
    [error] = (await post(query)).json()["errors"]
    assert error["extensions"]["code"] == code
    assert error["extensions"]["limit"] > 0


async def test_what_is_asked_by_id_counts_once_for_each_id(post):
    query = (
        "query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Customer { loyalty { points } } } }"
    )
    answer = (await post(query, ids=["cus_0"] * 100)).json()
    assert answer["extensions"]["cost"]["requested"] == 200
    answer = (await post(query, ids=["cus_0"] * 101)).json()
    assert answer["errors"][0]["extensions"]["issues"][0]["code"] == "TOO_MANY"


async def test_variables_may_not_be_nested_without_end(post):
    deep: dict[str, object] = {}
    for _ in range(50):
        deep = {"not": deep}
    query = "query ($where: CustomerWhere) { customers(where: $where) { nodes { id } } }"
    [error] = (await post(query, where=deep)).json()["errors"]
    assert error["extensions"]["code"] == "INPUT_TOO_DEEP"


async def test_every_answer_says_what_it_cost(post):
    answer = (await post("{ customers(first: 3) { nodes { id } } }")).json()
    assert answer["extensions"]["cost"] == {"requested": 4, "limit": 1000}


async def test_consent_is_evidence_behind_a_scope_of_its_own(ask, ask_masked):
    customer_id = await created(ask, consents=[granted("marketing", "EMAIL")])
    history = """query ($id: ID!) { customer(by: {id: $id}) {
      consentHistory { nodes { id } } } }"""
    with pytest.raises(TransportQueryError) as refused:
        await ask_masked(history, id=customer_id)
    assert refused.value.errors[0]["extensions"]["code"] == "FORBIDDEN"
