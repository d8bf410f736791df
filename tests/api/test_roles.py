"""Whoever may write by their role may read what the answer itself holds."""

import pytest
from graphql import GraphQLUnionType, get_named_type

from api.schema import SCHEMA
from domain.access import ROLES
from tests.api.test_reading_back import scopes_of

MUTATIONS = SCHEMA._schema.mutation_type.fields


def lacking(held: frozenset[str]) -> set[str]:
    """Fields of the answers to what may be written that may not be read, with their scopes."""
    return {
        f"{name}: {member.name}.{field} needs {sorted(missing)}"
        for name, mutation in MUTATIONS.items()
        if scopes_of(mutation) <= held
        for member in members(mutation)
        for field, definition in member.fields.items()
        if (missing := scopes_of(definition) - held)
    }


def members(mutation):
    kind = get_named_type(mutation.type)
    assert isinstance(kind, GraphQLUnionType)
    return kind.types


@pytest.mark.parametrize("role", ROLES)
def test_no_role_writes_what_it_may_not_read_back(role):
    assert lacking(ROLES[role]) == set()


def test_a_write_that_cannot_be_read_back_is_found():
    found = lacking(frozenset({"notes:write"}))
    assert "customerNoteAdd: NotePayload.note needs ['customers:read', 'notes:read']" in found


@pytest.mark.parametrize("name", ["customerUpsert", "consentRecord", "loyaltyPointsAdjust"])
def test_a_partner_may_write_what_partners_exist_for(name):
    assert scopes_of(MUTATIONS[name]) <= ROLES["partner"]
