"""Whoever wanted what another customer has is told which field to change, and no value."""

from dataclasses import replace

import pytest

from customers.conflicts import explaining
from customers.drafts import AttributeDraft
from domain.claims import unique_value
from domain.customer import Attribute, CreateCustomer, ExternalId, SaveCustomer, external_key
from domain.errors import IdentityConflict, IdentityKind, Invalid
from domain.work import Change, Stale, Taken
from tests.shop import customer, customer_id

ANOTHER = customer_id()
SHOP = ExternalId("shop", "1")
CARD, SEAT = Attribute("card", "canary", unique=True), Attribute("seat", 7, unique=True)
DRAFTS = [AttributeDraft("size", 1), AttributeDraft("card", "canary"), AttributeDraft("seat", 7)]


class Holders:
    """Who holds what."""

    def __init__(self, held):
        self.held = held

    async def holder(self, kind, norm):
        return self.held.get((kind, norm))


async def told(held, wanted, *, saved=False):
    change = SaveCustomer(wanted, wanted) if saved else CreateCustomer(wanted)
    return await explaining(Holders(held), DRAFTS)(Taken(change, "_id"))


@pytest.fixture
def wanted():
    return replace(customer(), external_ids=(SHOP,), attributes=(CARD, SEAT))


@pytest.mark.parametrize("saved", [True, False])
async def test_each_value_of_another_is_an_issue_at_its_place(wanted, saved):
    held = {unique_value(each): ANOTHER for each in (CARD, SEAT)}
    problem = await told(held, wanted, saved=saved)
    assert isinstance(problem, Invalid)
    assert [(issue.path, issue.code) for issue in problem.issues] == [
        (("input", "attributes", "1", "value"), "NOT_UNIQUE"),
        (("input", "attributes", "2", "value"), "NOT_UNIQUE"),
    ]
    assert "canary" not in str(problem)
    assert ANOTHER not in str(problem)


async def test_an_identity_of_another_comes_first(wanted):
    identity = (IdentityKind.EXTERNAL_ID, external_key(SHOP))
    problem = await told({unique_value(CARD): ANOTHER, identity: ANOTHER}, wanted)
    assert isinstance(problem, IdentityConflict)
    assert problem.holder == ANOTHER


async def test_what_is_theirs_already_or_free_again_is_decided_anew(wanted):
    assert isinstance(await told({unique_value(CARD): wanted.id}, wanted), Stale)
    assert isinstance(await told({}, wanted), Stale)


async def test_what_is_no_customers_is_decided_anew():
    assert isinstance(await explaining(Holders({}))(Taken(Change(), "key")), Stale)
