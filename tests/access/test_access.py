"""Scopes, roles and the caller."""

import pytest

from domain.access import ROLES, SCOPES, Caller, granted, role, scopes
from domain.actor import ActorKind
from domain.errors import Invalid
from domain.ids import KeyId


def test_every_scope_says_in_a_sentence_what_it_allows():
    assert all(sentence.endswith(".") and sentence[0].isupper() for sentence in SCOPES.values())


def test_every_role_holds_known_scopes_only():
    assert all(held <= SCOPES.keys() for held in ROLES.values())


def test_the_admin_may_do_everything():
    assert role("admin") == SCOPES.keys()


@pytest.mark.parametrize("name", ["partner", "marketer"])
def test_who_needs_no_contacts_does_not_see_them(name):
    assert "pii:read" not in role(name)


@pytest.mark.parametrize("name", sorted(set(ROLES) - {"admin", "privacy-officer"}))
def test_only_the_privacy_officer_and_the_admin_read_the_access_log(name):
    assert "audit:read" not in role(name)


def test_every_unknown_scope_is_named_with_the_known_ones():
    with pytest.raises(Invalid) as refusal:
        scopes(["customers:read", "customers:raed", "all"])
    assert [issue.code for issue in refusal.value.issues] == ["SCOPE_UNKNOWN", "SCOPE_UNKNOWN"]
    assert "'customers:raed'" in str(refusal.value)
    assert "customers:read" in str(refusal.value)


def test_an_unknown_role_is_named_with_the_known_ones():
    with pytest.raises(Invalid, match="no role 'boss': the roles are storefront, partner"):
        role("boss")


def test_roles_and_scopes_add_up():
    assert granted(roles=["partner"], names=["audit:read"]) == role("partner") | {"audit:read"}


def test_a_key_that_may_do_nothing_is_refused():
    with pytest.raises(Invalid, match="Name a role"):
        granted()


def test_a_caller_is_remembered_as_its_key():
    caller = Caller(KeyId("key_1"), "warehouse", frozenset({"customers:read"}))
    assert (caller.actor.kind, caller.actor.id, caller.actor.label) == (
        ActorKind.API_KEY,
        "key_1",
        "warehouse",
    )


def test_a_caller_may_what_its_key_says_and_no_more():
    caller = Caller(KeyId("key_1"), "warehouse", frozenset({"customers:read"}))
    assert caller.may("customers:read")
    assert not caller.may("customers:write")
