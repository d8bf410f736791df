"""Every problem of an input is collected; what is no problem of the input is raised."""

import pytest

from domain.errors import Invalid, Issue, NotFound, invalid
from domain.issues import Issues


def test_what_a_block_refuses_is_collected_under_its_prefix():
    issues = Issues()
    with issues.collect("input", "emails"):
        raise invalid(("0",), "EMAIL_INVALID", "No address.")
    with issues.collect():
        raise invalid(("name",), "TOO_LONG", "Too long.")
    with pytest.raises(Invalid) as refused:
        issues.raise_any()
    assert refused.value.issues == (
        Issue(("input", "emails", "0"), "EMAIL_INVALID", "No address."),
        Issue(("name",), "TOO_LONG", "Too long."),
    )


def test_where_nothing_is_refused_nothing_is_raised():
    issues = Issues()
    with issues.collect("input"):
        pass
    issues.raise_any()


@pytest.mark.parametrize(
    "failure", [NotFound("customer"), ValueError("a bug"), KeyboardInterrupt()]
)
def test_any_other_failure_passes_through(failure):
    with pytest.raises(type(failure)), Issues().collect():
        raise failure
