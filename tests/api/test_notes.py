"""Notes over the API: written, edited, deleted, listed; closed without their scope."""

import pytest

from domain.personal import PiiClass

ADD = """mutation($id: ID!, $text: String!, $key: String) {
  customerNoteAdd(customer: {id: $id}, text: $text, idempotencyKey: $key) {
    ... on NotePayload { replayed note { id text version author { label } } } ... on Error { code }
  }
}"""
EDIT = """mutation($id: ID!, $text: String!, $version: Int) {
  customerNoteEdit(id: $id, text: $text, expectedVersion: $version) {
    __typename ... on NotePayload { note { text version } } ... on Error { code path }
  }
}"""
DELETE = "mutation($id: ID!) { customerNoteDelete(id: $id) { __typename } }"
LIST = """query($id: ID!, $first: Int! = 10, $after: String) { customer(by: {id: $id}) {
  notes(first: $first, after: $after) { nodes { text } pageInfo { hasNextPage endCursor } }
} }"""
CREATE = "mutation { customerCreate(input: {}) { ... on CustomerPayload { customer { id } } } }"


@pytest.fixture
async def anna(ask):
    return (await ask(CREATE))["customerCreate"]["customer"]["id"]


async def added(ask, customer_id, text="Wants a call back.", **more):
    return (await ask(ADD, id=customer_id, text=text, **more))["customerNoteAdd"]


async def test_a_note_is_written_edited_and_deleted(ask, anna):
    note = (await added(ask, anna))["note"]
    assert (note["version"], note["author"]) == (1, {"label": "tests"})
    edited = (await ask(EDIT, id=note["id"], text="Reached.", version=1))["customerNoteEdit"]
    assert edited["note"] == {"text": "Reached.", "version": 2}
    late = (await ask(EDIT, id=note["id"], text="Lost.", version=1))["customerNoteEdit"]
    assert late["__typename"] == "InvalidStateError"
    assert (await ask(DELETE, id=note["id"]))["customerNoteDelete"][
        "__typename"
    ] == "DeletedPayload"
    again = (await ask(DELETE, id=note["id"]))["customerNoteDelete"]["__typename"]
    assert again == "NotFoundError"


async def test_the_same_key_writes_once(ask, anna):
    first = await added(ask, anna, key="k")
    assert await added(ask, anna, key="k") == {**first, "replayed": True}
    assert (await added(ask, anna, "Other", key="k"))["code"] == "IDEMPOTENCY_MISMATCH"


async def test_a_note_deleted_meanwhile_cannot_be_replayed(ask, anna):
    note = (await added(ask, anna, key="k"))["note"]
    await ask(DELETE, id=note["id"])
    assert (await added(ask, anna, key="k"))["code"] == "NOT_FOUND"


async def test_notes_are_listed_newest_first_in_pages(ask, anna):
    for text in ("one", "two", "three"):
        await added(ask, anna, text)
    first = (await ask(LIST, id=anna, first=2))["customer"]["notes"]
    assert [node["text"] for node in first["nodes"]] == ["three", "two"]
    rest = await ask(LIST, id=anna, first=2, after=first["pageInfo"]["endCursor"])
    assert rest["customer"]["notes"]["nodes"] == [{"text": "one"}]


async def test_notes_are_closed_without_their_scope(ask, send, anna):
    note = (await added(ask, anna))["note"]
    with pytest.raises(AssertionError, match="notes:read"):
        await send(LIST, frozenset({"customers:read", "pii:read"}), id=anna)
    node = "query($id: ID!) { node(id: $id) { ... on CustomerNote { text } } }"
    assert (await ask(node, frozenset({"customers:read"}), id=note["id"]))["node"] is None
    assert (await ask(node, id=note["id"]))["node"] == {"text": note["text"]}
    _, context = await send(LIST, frozenset({"customers:read", "notes:read"}), id=anna)
    assert context.disclosures[PiiClass.BEHAVIOUR] == {anna}
