"""A cursor that no page ever gave is refused by name, never a bug."""

import pytest

from domain import cursors
from domain.access import SCOPES

ALL = frozenset(SCOPES)
CREATE = "mutation { customerCreate(input: {}) { ... on CustomerPayload { customer { id } } } }"
LISTS = {
    "customer-tags": "tags(after: $after) { nodes { id } }",
    "notes": "notes(after: $after) { nodes { id } }",
    "points": "loyalty { transactions(after: $after) { nodes { id } } }",
    "runs": "enrichmentRuns(after: $after) { nodes { id } }",
}
FORGED = ["x", "zzzzzzzzzzzz.cus_1", "0", "-1", "run_1", "\x00", "~"]


@pytest.mark.parametrize("place", FORGED)
@pytest.mark.parametrize("name", LISTS)
async def test_a_forged_cursor_is_refused_by_its_list(ask, refused, name, place):
    customer = (await ask(CREATE))["customerCreate"]["customer"]
    query = f"query ($id: ID!, $after: String) {{ customer(by: {{id: $id}}) {{ {LISTS[name]} }} }}"
    forged = cursors.sealed(place, name)
    answer = await refused(query, ALL, id=customer["id"], after=forged)
    assert [issue["code"] for issue in answer["issues"]] == ["CURSOR_INVALID"]
