"""The report of an import: what it comes to, and that it belongs to one run at a time."""

import pytest

from api import cli_importing
from domain.errors import Issue
from intake import report
from intake.report import NoPlace, Reason


@pytest.fixture
def place(tmp_path):
    return tmp_path / "a.report.csv"


def mail(_):
    return "Mail"


def issue(code, message="Why."):
    return [Issue((), code, message)]


def test_reasons_are_counted_refusals_first_each_in_its_first_words(place):
    with report.opened(place, after=0) as told:
        told.add(2, issue("UNPROVED", "Prove it."), refused=False)
        told.add(3, issue("UNPROVED", "Prove it!"), refused=False)
        told.add(4, issue("BAD", "Mend it."), refused=True, named=mail)
    assert report.reasons(place) == [
        Reason(refused=True, column="Mail", code="BAD", message="Mend it.", lines=1),
        Reason(refused=False, column="", code="UNPROVED", message="Prove it.", lines=2),
    ]


def test_a_column_stands_beside_the_field_that_it_fills(place):
    with report.opened(place, after=0) as told:
        told.add(2, [Issue(("input", "emails", "0"), "C", "Why.")], refused=True, named=mail)
        told.add(3, [Issue(("Mail",), "C", "Why.")], refused=True, named=mail)
    lines = place.read_text(encoding="utf-8").splitlines()
    assert lines[1:] == ["2,refused,Mail,emails.0,C,Why.", "3,refused,Mail,,C,Why."]


def test_the_terminal_tells_ten_reasons_and_how_many_more_there_are(place, capsys):
    with report.opened(place, after=0) as told:
        for n in range(12):
            told.add(n + 2, issue(f"CODE_{n}"), refused=True)
    cli_importing._tell_reasons(12, place)
    head, *reasons, more = capsys.readouterr().err.splitlines()
    assert head.startswith("12 rows refused, 0 remarks: ")
    assert (len(reasons), more.strip()) == (10, "and 2 reasons more")


def test_a_report_is_written_by_one_run_alone_and_by_the_next_when_that_has_ended(place):
    with report.opened(place, after=0) as told:
        with pytest.raises(NoPlace, match="let it finish"), report.opened(place, after=0):
            pass
        told.add(2, issue("MINE"), refused=True)
    assert [each.code for each in report.reasons(place)] == ["MINE"]
    with report.opened(place, after=2) as told:
        told.add(3, issue("NEXT"), refused=True)
    assert [each.code for each in report.reasons(place)] == ["MINE", "NEXT"]


def test_what_a_killed_run_left_beside_the_report_is_overwritten(place):
    place.with_name(f"{place.name}.part").write_text("line,outcome,fie", encoding="utf-8")
    with report.opened(place, after=0) as told:
        mark = told.mark()
        told.add(2, issue("TAKEN BACK"), refused=True)
        told.back_to(mark)
        told.add(2, issue("KEPT"), refused=True)
    assert [each.code for each in report.reasons(place)] == ["KEPT"]
    assert place.read_text(encoding="utf-8").startswith("line,outcome,column,field,code,message\n")
