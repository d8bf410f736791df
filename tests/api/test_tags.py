"""Tags over the API: saved, listed, counted, put on customers, deleted."""

import pytest

from domain.access import SCOPES
from domain.personal import PiiClass

SAVE = """mutation($id: ID, $key: String!, $label: String!, $sensitive: Boolean! = false,
  $labels: [TranslationInput!]) {
  tagSave(id: $id, key: $key, label: $label, labels: $labels, sensitive: $sensitive,
    color: "#AA00ff") {
    __typename
    ... on TagPayload { tag { id key version color sensitive deleting label(locale: "de-AT") } }
    ... on Error { code path }
    ... on ValidationFailedError { issues { path code } }
  }
}"""
LIST = """query($search: String, $first: Int! = 50, $after: String) {
  tags(search: $search, first: $first, after: $after) {
    nodes { key customerCount { value precision } }
    pageInfo { hasNextPage endCursor } totalCount { value }
  }
}"""
CREATE = """mutation($tags: [String!]) {
  customerCreate(input: {tags: $tags}) { ... on CustomerPayload { customer { id tags {
    nodes { id key customerCount { value } } edges { cursor addedAt addedBy { label } expiresAt }
  } } } ... on Error { message } }
}"""
DELETE = """mutation($id: ID!, $to: ID) {
  tagDelete(id: $id, moveTo: $to) {
    __typename ... on DeletedPayload { id } ... on Error { code path }
  }
}"""
TAGS = """query($id: ID!, $first: Int! = 50, $after: String) { customer(by: {id: $id}) {
  tags(first: $first, after: $after) { nodes { key } pageInfo { hasNextPage endCursor } }
} }"""
MARKETER = frozenset({"customers:read", "tags:write"})


async def saved(ask, key, label="A label", **more):
    return (await ask(SAVE, key=key, label=label, **more))["tagSave"]["tag"]


async def created(ask, *keys):
    return (await ask(CREATE, tags=list(keys)))["customerCreate"]["customer"]


async def carried(ask, customer_id, **page):
    found = (await ask(TAGS, id=customer_id, **page))["customer"]["tags"]
    return [node["key"] for node in found["nodes"]], found["pageInfo"]


async def test_a_tag_is_saved_and_read_in_the_readers_language(ask):
    tag = await saved(ask, "vip", labels=[{"locale": "de", "text": "Stammgast"}])
    assert tag["id"].startswith("tag_")
    del tag["id"]
    assert tag == {
        "key": "vip",
        "version": 1,
        "color": "#aa00ff",
        "sensitive": False,
        "deleting": False,
        "label": "Stammgast",
    }


async def test_a_bad_key_is_a_named_problem(ask):
    refused = (await ask(SAVE, key="Very Important", label=""))["tagSave"]
    assert refused["__typename"] == "ValidationFailedError"
    assert [issue["path"] for issue in refused["issues"]] == [["key"], ["label"]]


async def test_an_unknown_tag_is_not_found(ask):
    refused = (await ask(SAVE, id="tag_nobody", key="vip", label="VIP"))["tagSave"]
    assert refused == {"__typename": "NotFoundError", "code": "NOT_FOUND", "path": ["id"]}


async def test_tags_are_listed_in_pages_with_their_customers_counted(ask):
    for key in ("a", "b", "c"):
        await saved(ask, key)
    await created(ask, "a", "b")
    await created(ask, "b")
    first = (await ask(LIST, first=2))["tags"]
    counts = {node["key"]: node["customerCount"] for node in first["nodes"]}
    assert counts == {
        "a": {"value": 1, "precision": "EXACT"},
        "b": {"value": 2, "precision": "EXACT"},
    }
    assert first["totalCount"] == {"value": 3}
    rest = (await ask(LIST, first=2, after=first["pageInfo"]["endCursor"]))["tags"]
    assert [node["key"] for node in rest["nodes"]] == ["c"]
    assert not rest["pageInfo"]["hasNextPage"]


async def test_a_customer_shows_their_tags_with_who_put_them_on(ask, services):
    customer = await created(ask, "b2b", "vip")
    assert {node["key"] for node in customer["tags"]["nodes"]} == {"b2b", "vip"}
    assert {node["customerCount"]["value"] for node in customer["tags"]["nodes"]} == {1}
    assert {edge["addedBy"]["label"] for edge in customer["tags"]["edges"]} == {"tests"}


async def test_a_customers_tags_are_paged(ask):
    customer = await created(ask, "a", "b", "c")
    keys, page = await carried(ask, customer["id"], first=2)
    rest, end = await carried(ask, customer["id"], first=2, after=page["endCursor"])
    assert (len(keys), sorted(keys + rest)) == (2, ["a", "b", "c"])
    assert not end["hasNextPage"]


async def test_an_expired_tag_is_not_shown(ask, clock):
    customer = await created(ask)
    update = """mutation($id: ID!) { customerTagsUpdate(customer: {id: $id}, add: ["brief"],
      expiresAt: "2026-05-02T00:00:00Z") { __typename } }"""
    await ask(update, id=customer["id"])
    assert (await carried(ask, customer["id"]))[0] == ["brief"]
    clock.at = clock.at.replace(day=3)
    assert (await carried(ask, customer["id"]))[0] == []


async def test_nobody_is_listed_by_a_tag_that_has_ended_and_nobody_else_is_lost(ask, clock):
    update = """mutation($id: ID!, $at: DateTime) {
      customerTagsUpdate(customer: {id: $id}, add: ["brief"], expiresAt: $at) { __typename } }"""
    ends = ["2026-05-02T00:00:00Z", "2026-05-03T00:00:00Z", None, "2026-05-04T00:00:00Z"] * 3
    people = [(await created(ask))["id"] for _ in ends]
    for customer_id, at in zip(people, ends, strict=True):
        await ask(update, id=customer_id, at=at)
    # a tag ends at the very moment, not after it
    clock.at = clock.at.replace(day=3, hour=0, minute=0, second=0)
    left = [who for n, who in enumerate(people) if n % 4 in {2, 3}]
    for size in (1, 2, 5, 20):
        assert await listed(ask, "brief", size) == sorted(left)


async def listed(ask, key, size):
    """Everybody with the tag, page by page."""
    query = """query($tags: [String!]!, $first: Int, $after: String) {
      customers(where: {tags: {anyOf: $tags}}, first: $first, after: $after) {
        nodes { id } pageInfo { hasNextPage endCursor } } }"""
    found, after, more = [], None, True
    while more:
        page = (await ask(query, tags=[key], first=size, after=after))["customers"]
        found += [row["id"] for row in page["nodes"]]
        more, after = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]
    return sorted(found)


async def test_sensitive_tags_are_hidden_from_who_may_not_see_personal_data(ask):
    tag = await saved(ask, "at-risk", sensitive=True)
    customer = await created(ask, "at-risk", "vip")
    listed = (await ask(LIST, MARKETER))["tags"]
    assert [node["key"] for node in listed["nodes"]] == ["vip"]
    assert listed["totalCount"] == {"value": 1}
    found = await ask(TAGS, MARKETER, id=customer["id"])
    assert found["customer"]["tags"]["nodes"] == [{"key": "vip"}]
    node = "query($id: ID!) { node(id: $id) { id } }"
    assert (await ask(node, MARKETER, id=tag["id"]))["node"] is None
    assert (await ask(node, id=tag["id"]))["node"] == {"id": tag["id"]}


@pytest.mark.parametrize("verb", ["tagSave", "tagDelete"])
async def test_who_may_not_see_a_sensitive_tag_can_neither_change_nor_delete_it(ask, verb):
    tag = await saved(ask, "at-risk", sensitive=True)
    query, more = (SAVE, {"key": "open", "label": "x"}) if verb == "tagSave" else (DELETE, {})
    refused = (await ask(query, MARKETER, id=tag["id"], **more))[verb]
    assert refused["code"] == "NOT_FOUND"


async def test_a_deleted_tag_leaves_its_customers_or_moves_them(ask):
    customer = await created(ask, "old", "stays", "gone")
    ids = {node["key"]: node["id"] for node in customer["tags"]["nodes"]}
    moved = await ask(DELETE, id=ids["old"], to=ids["stays"])
    assert moved["tagDelete"] == {"__typename": "DeletedPayload", "id": ids["old"]}
    await ask(DELETE, id=ids["gone"])
    assert (await carried(ask, customer["id"]))[0] == ["stays"]
    again = await ask(DELETE, id=ids["gone"])
    assert again["tagDelete"]["code"] == "NOT_FOUND"
    itself = await ask(DELETE, id=ids["stays"], to=ids["stays"])
    assert itself["tagDelete"] == {
        "__typename": "ValidationFailedError",
        "code": "VALIDATION_FAILED",
        "path": ["moveTo"],
    }


async def test_reading_tags_of_a_customer_is_disclosed(send, ask):
    customer = await created(ask, "vip")
    _, context = await send(TAGS, frozenset(SCOPES), id=customer["id"])
    assert context.disclosures[PiiClass.BEHAVIOUR] == {customer["id"]}


async def test_a_tag_sent_twice_with_one_key_is_made_once(ask):
    save = """mutation ($label: String!) { tagSave(key: "vip", label: $label, idempotencyKey: "k") {
      __typename ... on TagPayload { replayed tag { id } } } }"""
    first = (await ask(save, label="VIP"))["tagSave"]
    again = (await ask(save, label="VIP"))["tagSave"]
    assert (first["replayed"], again["replayed"]) == (False, True)
    assert first["tag"] == again["tag"]
    other = (await ask(save, label="Other"))["tagSave"]
    assert other["__typename"] == "IdempotencyMismatchError"


async def test_a_customer_carries_at_most_five_hundred_tags(ask):
    retag = """mutation($id: ID!, $add: [String!], $remove: [String!]) {
      customerTagsUpdate(customer: {id: $id}, add: $add, remove: $remove) { __typename
        ... on ValidationFailedError { issues { path code } } } }"""
    customer = await created(ask)
    for hundred in range(5):
        keys = [f"t{hundred}-{n}" for n in range(100)]
        answer = await ask(retag, id=customer["id"], add=keys)
        assert answer["customerTagsUpdate"]["__typename"] == "CustomerPayload"
    too_many = [{"path": ["add"], "code": "TOO_MANY"}]
    answer = await ask(retag, id=customer["id"], add=["one-more"])
    assert answer["customerTagsUpdate"]["issues"] == too_many
    answer = await ask(retag, id=customer["id"], add=["one-more"], remove=["t0-0"])
    assert answer["customerTagsUpdate"]["__typename"] == "CustomerPayload"
    answer = await ask(retag, id=customer["id"], remove=["t0-1"] * 101)
    assert answer["customerTagsUpdate"]["issues"] == [{"path": ["remove"], "code": "TOO_MANY"}]
