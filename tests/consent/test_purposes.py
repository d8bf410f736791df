"""Purposes are data, in a tree."""

from consent.purposes import START, PurposeTree, ancestors, purpose_id
from domain.ids import prefix_of
from tests.consent.acts import TREE


def test_ancestors_come_nearest_first():
    assert ancestors("a.b.c") == ("a.b", "a")
    assert ancestors("a") == ()


def test_the_tree_knows_its_purposes_by_key_parents_first():
    keys = [purpose.key for purpose in TREE]
    assert keys == ["enrichment", "marketing", "marketing.newsletter", "profiling", "service"]
    assert TREE.find("marketing").key == "marketing"
    assert TREE.find("telepathy") is None
    assert [child.key for child in TREE.children("marketing")] == ["marketing.newsletter"]


def test_trees_of_the_same_purposes_are_equal_in_any_order():
    assert PurposeTree(tuple(reversed(START))) == TREE


def test_a_purpose_of_the_start_stands_below_the_key_it_extends():
    assert all(purpose.parent == next(iter(ancestors(purpose.key)), None) for purpose in START)


def test_who_names_an_unknown_purpose_learns_which_there_are():
    issue = TREE.unknown("purpose")
    assert (issue.path, issue.code) == (("purpose",), "PURPOSE_UNKNOWN")
    assert all(purpose.key in issue.message for purpose in START)


def test_a_purpose_is_found_by_the_id_that_follows_from_its_key():
    ids = {purpose.key: purpose_id(purpose.key) for purpose in START}
    assert {prefix_of(id_) for id_ in ids.values()} == {"pur"}
    assert {key: TREE.with_id(id_).key for key, id_ in ids.items()} == {key: key for key in ids}
    assert TREE.with_id("pur_none") is None
