"""Every no of a file is remembered for whom its row is about, and for nobody else."""

from contextlib import closing
from dataclasses import replace

import pytest

from consent.records import Channel, ConsentStatus
from customers.drafts import CustomerDraft
from domain.customer import ExternalId
from domain.errors import IdentityKind
from intake.files import CustomerFile
from intake.formats import FileFormat
from intake.noes import _ABOUT, Noes
from tests.intake.exports import ANNA, BORIS, written
from tests.intake.sheets import said

ANNA_ID = (IdentityKind.EXTERNAL_ID, "till\x1f1")
MAIL = (IdentityKind.EMAIL, "anna@example.com")
NO = said(ConsentStatus.DENIED)
ANYTHING = replace(said(ConsentStatus.WITHDRAWN), channel=None)
ROW = CustomerDraft(
    emails=("Anna@Example.com",), external_ids=(ExternalId("till", "1"),), consents=(NO, ANYTHING)
)


@pytest.fixture
def noes():
    with closing(Noes()) as found:
        yield found


def test_a_no_is_found_by_the_strongest_identity_of_its_row(noes):
    noes.hear([ROW, ROW])
    lanes = {("marketing", Channel.EMAIL), ("marketing", None)}
    # whoever shares the address with somebody of another id has not said this
    assert noes.about([MAIL, ANNA_ID]) == {ANNA_ID: lanes}


def test_without_an_id_the_address_in_its_normal_form_is_who_said_it(noes):
    noes.hear([replace(ROW, external_ids=(), consents=(NO,))])
    assert noes.about([MAIL]) == {MAIL: {("marketing", Channel.EMAIL)}}


def test_a_yes_and_a_no_of_nobody_leave_nothing(noes):
    yes = said(ConsentStatus.GRANTED)
    noes.hear([replace(ROW, consents=(yes,)), CustomerDraft(consents=(NO,))])
    assert noes.about([ANNA_ID, MAIL]) == {}


def test_any_number_of_people_can_be_asked_for_at_once(noes):
    noes.hear([ROW])
    others = [(IdentityKind.EXTERNAL_ID, f"till\x1f{n}") for n in range(50_000)]
    assert list(noes.about(others)) == [ANNA_ID]


MANY = [replace(ROW, external_ids=(ExternalId("till", str(n)),)) for n in range(1_000)]


def test_a_disk_that_is_full_is_an_error_of_the_system(noes):
    noes._said.execute("PRAGMA max_page_count = 1")
    with pytest.raises(OSError, match="no room for what the file says"):
        noes.hear(MANY)


def test_a_disk_that_is_full_when_all_are_sorted_is_one_too(noes):
    noes.hear(MANY)
    noes._said.execute("PRAGMA max_page_count = 1")
    with pytest.raises(OSError, match="no room for what the file says"):
        noes.about([ANNA_ID])


def test_nobody_is_looked_for_among_everybody(noes):
    noes.hear(MANY)
    assert list(noes.about([ANNA_ID])) == [ANNA_ID]
    plan = noes._said.execute("EXPLAIN QUERY PLAN " + _ABOUT.format("?"), [b""]).fetchall()
    assert [step for *_, step in plan] == ["SEARCH noes USING COVERING INDEX by_person (person=?)"]


def test_a_file_says_who_says_no_wherever_a_row_can_be_read(tmp_path):
    broken = {**ANNA, "Total Spent": "a lot"}
    path = written(tmp_path / "a.csv", broken, BORIS)
    path.write_text(path.read_text(encoding="utf-8") + "too,few\n", encoding="utf-8")
    with CustomerFile(path, FileFormat.SHOPIFY).opened() as file:
        assert [len(draft.consents) for draft in file.answers] == [2, 2]


def test_a_file_without_consents_is_not_read_for_them(tmp_path):
    path = written(tmp_path / "a.csv", {"First Name": "A"}, columns=["First Name", "Email"])
    with CustomerFile(path, FileFormat.SHOPIFY).opened() as file:
        assert list(file.answers) == []
        assert len(list(file.rows)) == 1
