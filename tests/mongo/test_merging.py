"""Merging writes changes how many there are, never what they come to."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mongo.merging import merged
from mongo.operations import Op, delete, insert, update, update_many
from tests.mongo.shop import Logged

CHANGE = Logged("x")


def writes(*ops: Op) -> list[Op]:
    return [op for _, op in merged((CHANGE, op) for op in ops)]


def set_(guard: dict[str, Any], **fields: Any) -> Op:
    return update("c", guard, {"$set": fields}, guarded=True)


def test_an_update_of_a_document_inserted_before_it_goes_into_the_insert():
    new = insert("c", {"_id": "a", "consent": {"seq": 0}, "version": 1})
    both = writes(new, set_({"_id": "a", "consent.seq": 0}, consent={"seq": 2}))
    assert [op.arguments["document"] for op in both] == [
        {"_id": "a", "consent": {"seq": 2}, "version": 1}
    ]
    assert new.arguments["document"]["consent"] == {"seq": 0}


def test_a_guard_that_would_not_hold_stays_a_write_that_fails():
    ops = [insert("c", {"_id": "a", "version": 1}), set_({"_id": "a", "version": 7}, x=1)]
    assert writes(*ops) == ops


def test_what_is_no_plain_set_of_whole_fields_stays_as_it_is():
    for change in ({"$inc": {"n": 1}}, {"$set": {"n.deep": 1}}):
        ops = [insert("c", {"_id": "a"}), update("c", {"_id": "a"}, change, guarded=True)]
        assert writes(*ops) == ops


def test_nothing_overtakes_a_write_in_between():
    increased = update("c", {"_id": "a"}, {"$inc": {"n": 1}}, guarded=True)
    everybody = update_many("c", {}, {"$set": {"n": 0}})
    for between in (increased, everybody, delete("c", {"_id": "a"}, guarded=True)):
        ops = [insert("c", {"_id": "a"}), between, set_({"_id": "a"}, n=5)]
        assert writes(*ops) == ops


def test_documents_of_other_collections_and_ids_are_left_alone():
    ops = [insert("d", {"_id": "a"}), insert("c", {"_id": "b"}), set_({"_id": "a"}, n=5)]
    assert writes(*ops) == ops


FIELDS = st.dictionaries(st.sampled_from("xyz"), st.integers(0, 2), max_size=3)
STEPS = st.lists(
    st.one_of(
        st.builds(lambda i, f: insert("c", {"_id": i, **f}), st.sampled_from("ab"), FIELDS),
        st.builds(
            lambda i, g, f: update("c", {"_id": i, **g}, {"$set": f}, guarded=True),
            *(st.sampled_from("ab"), FIELDS, FIELDS),
        ),
        st.builds(lambda i: delete("c", {"_id": i}, guarded=True), st.sampled_from("ab")),
    ),
    max_size=8,
)


def outcome(ops: list[Op]) -> object:
    """What a database would hold after all of it, or that nothing was written."""
    held: dict[str, dict[str, Any]] = {}
    for op in ops:
        if document := op.arguments.get("document"):
            if document["_id"] in held:
                return "refused"
            held[document["_id"]] = dict(document)
            continue
        wanted = op.arguments["filter"]
        found = held.get(wanted["_id"], {})
        if any(found.get(name) != value for name, value in wanted.items()):
            return "refused"
        if "update" in op.arguments:
            found |= op.arguments["update"]["$set"]
        else:
            del held[wanted["_id"]]
    return held


@given(STEPS)
def test_the_database_holds_the_same_afterwards(ops):
    assert outcome(writes(*ops)) == outcome(ops)
