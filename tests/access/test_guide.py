"""What operators read about keys and limits is what the code does."""

import re
from dataclasses import asdict

import pytest

from api.customer_filters import DEEPEST, MOST_LEAVES, MOST_PARTS, MOST_VALUES
from api.execution.limits import Limits
from api.refusals import RefusalCode
from domain.access import ROLES, SCOPES
from domain.key_ring import STALENESS
from tests.house.code import ROOT

GUIDE = (ROOT / "docs" / "guides" / "operators.md").read_text()
SECURITY = (ROOT / "SECURITY.md").read_text()


def test_every_scope_stands_in_the_guide_with_its_sentence():
    rows = dict(re.findall(r"^\| `([a-z:]+)` \| (.+\.) \|$", GUIDE, re.MULTILINE))
    assert rows == dict(SCOPES)


def test_every_role_stands_in_the_guide_with_its_scopes():
    matrix = GUIDE.partition("### Roles")[2].partition("## Limits")[0]
    rows = [
        [cell.strip(" `") for cell in line.strip("|").split("|")]
        for line in matrix.splitlines()
        if line.startswith("|")
    ]
    names = rows[0][1:]
    held = {
        name: {row[0] for row in rows[2:] if row[column] == "yes"}
        for column, name in enumerate(names, 1)
    }
    assert held == {name: set(scopes) for name, scopes in ROLES.items() if name != "admin"}


FIGURES = [*asdict(Limits()).values(), DEEPEST, MOST_LEAVES, MOST_PARTS, MOST_VALUES]


@pytest.mark.parametrize("figure", FIGURES)
def test_every_limit_stands_in_the_guide(figure):
    limits = GUIDE.partition("## Limits")[2].partition("## Logs")[0]
    assert re.search(rf"\b{figure:,}\b", limits)


def test_every_refusal_of_a_limit_stands_in_the_guide():
    codes = {code.value for code in RefusalCode if "TOO_" in code}
    assert codes <= set(re.findall(r"`([A-Z_]+)`", GUIDE))


def test_the_guide_knows_how_long_a_revoked_key_is_believed():
    assert "within five seconds" in GUIDE
    assert STALENESS.total_seconds() == 5


def test_every_test_that_a_promise_names_is_there():
    named = re.findall(r"`(tests/[^`]+)`", SECURITY)
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []
