"""A mapping says which column is what; a mistake in it is found before the first row."""

from dataclasses import replace
from datetime import UTC, datetime
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.records import Channel, ConsentStatus
from customers.drafts import AddressDraft, AttributeDraft
from domain.customer import Birthday, ExternalId, PersonName
from domain.errors import Invalid
from intake import cells
from intake.lines import UnreadableFile
from intake.mapping import MappedTable
from intake.mapping_file import read_mapping
from intake.rows import Row
from tests.intake.exports import COLLECTED

MAPPING = """\
time_zone = "Europe/Berlin"

[customer]
name.given = "Vorname"
name.family = ["Nachname", "Geburtsname"]
emails = ["E-Mail", "E-Mail 2"]
phones = { column = "Telefon", separator = "/" }
phone_region = { value = "DE" }
birthday = { column = "Geburtstag", format = "%d.%m.%Y" }
tags = { column = "Gruppe", values = { S = "stammkunde", N = "neukunde" } }
external_id.erp = "Kundennummer"
address.lines = ["Straße"]
address.city = "Ort"
address.country = { column = "Land", value = "DE" }
attribute.shoe_size = { column = "Schuhgröße", type = "int" }
attribute.hobbies = { column = "Hobbys", separator = "," }

[[consents]]
column = "Newsletter"
purpose = "marketing.newsletter"
channel = "EMAIL"
granted = ["ja"]
denied = ["nein"]
withdrawn = ["abgemeldet"]
collected_at = { column = "Newsletter seit", format = "%d.%m.%Y %H:%M" }
source = "erp"
policy_version = "2024-01"
wording = "Ja, ich möchte den Newsletter."
"""
ROW = {
    "Vorname": "Anna",
    "Nachname": "",
    "Geburtsname": "Muster",
    "E-Mail": "anna@example.com",
    "E-Mail 2": "muster@example.org",
    "Telefon": "030 23125 001 / 030 23125 002",
    "Geburtstag": "24.12.1990",
    "Gruppe": "S",
    "Kundennummer": "K-7",
    "Straße": "Musterweg 1",
    "Ort": "Berlin",
    "Land": "",
    "Schuhgröße": "38",
    "Hobbys": "Lesen, Rudern",
    "Newsletter": "Ja",
    "Newsletter seit": "01.02.2026 13:00",
}


@pytest.fixture
def mapping(tmp_path):
    def read(text=MAPPING):
        path = tmp_path / "mapping.toml"
        path.write_text(dedent(text), encoding="utf-8")
        return read_mapping(path)

    return read


def drafted(mapping, row=None, **changes):
    row = {**(row or ROW), **changes}
    return MappedTable(mapping, tuple(row), COLLECTED)(Row(2, row))


def test_every_target_is_taken_from_its_column(mapping):
    draft = drafted(mapping()).draft
    assert draft.name == PersonName("Anna", "Muster")
    assert draft.emails == ("anna@example.com", "muster@example.org")
    assert draft.phones == ("030 23125 001", "030 23125 002")
    assert draft.default_phone_region == "DE"
    assert draft.birthday == Birthday(12, 24, 1990)
    assert draft.tags == ("stammkunde",)
    assert draft.external_ids == (ExternalId("erp", "K-7"),)
    assert draft.addresses == (AddressDraft(("Musterweg 1",), "DE", "Berlin", is_default=True),)
    assert draft.attributes == (
        AttributeDraft("shoe_size", 38),
        AttributeDraft("hobbies", ["Lesen", "Rudern"]),
    )


def test_a_consent_has_its_own_evidence_and_date(mapping):
    (act,) = drafted(mapping()).draft.consents
    assert (act.purpose, act.channel, act.status) == (
        "marketing.newsletter",
        Channel.EMAIL,
        ConsentStatus.GRANTED,
    )
    assert act.collected_at == datetime(2026, 2, 1, 12, tzinfo=UTC)
    assert (act.source, act.policy_version) == ("erp", "2024-01")


def test_an_answer_the_mapping_does_not_know_is_refused_not_guessed(mapping):
    with pytest.raises(Invalid) as refused:
        drafted(mapping(), Newsletter="vielleicht")
    assert refused.value.issues[0].code == "CONSENT_UNKNOWN"


def test_a_yes_without_its_date_is_refused_and_no_date_invented(mapping):
    with pytest.raises(Invalid) as refused:
        drafted(mapping(), **{"Newsletter seit": ""})
    assert refused.value.issues[0].code == "DATE_MISSING"


@pytest.mark.parametrize(
    ("dated", "status"), [(True, ConsentStatus.GRANTED), (False, ConsentStatus.PENDING)]
)
def test_a_yes_is_never_dated_by_the_file_itself(mapping, dated, status):
    known = mapping()
    undated = replace(known, consents=(replace(known.consents[0], collected=None),))
    table = MappedTable(undated, tuple(ROW), COLLECTED, dated=dated)
    assert [act.status for act in table(Row(2, ROW)).draft.consents] == [status]


def test_a_value_the_mapping_does_not_translate_is_refused(mapping):
    with pytest.raises(Invalid) as refused:
        drafted(mapping(), Gruppe="X")
    assert refused.value.issues[0].code == "VALUE_UNKNOWN"


def test_an_address_without_a_country_is_left_out_and_said_so(mapping):
    found = drafted(mapping("[customer]\naddress.city = 'Ort'\n"), {"Ort": "Berlin"})
    assert found.draft.addresses == ()
    assert [remark.code for remark in found.remarks] == ["ADDRESS_WITHOUT_COUNTRY"]


def test_every_problem_of_a_row_is_told_at_once(mapping):
    with pytest.raises(Invalid) as refused:
        drafted(mapping(), Geburtstag="1990-12-24", Schuhgröße="groß")
    assert [issue.path for issue in refused.value.issues] == [("Geburtstag",), ("Schuhgröße",)]


def test_the_first_person_of_a_file_without_a_header_is_not_repeated(mapping):
    with pytest.raises(UnreadableFile) as refused:
        MappedTable(mapping(), ("canary@example.com", "Canary Street 7"), COLLECTED)
    assert "It has 2 columns; its first line must name them." in str(refused.value)
    assert "canary" not in str(refused.value).casefold()


def test_columns_the_mapping_does_not_name_are_told(mapping):
    table = MappedTable(mapping(), (*ROW, "Umsatz"), COLLECTED)
    assert table.unread == ("Umsatz",)


def test_columns_of_json_lines_are_told_once_seen(mapping):
    table = MappedTable(mapping(), None, COLLECTED)
    table(Row(1, {"E-Mail": "a@example.com", "Umsatz": 3}))
    table(Row(2, {"E-Mail": "b@example.com", "Rabatt": None}))
    assert table.unread == ("Umsatz", "Rabatt")


def test_of_very_many_json_keys_fifty_are_kept(mapping):
    table = MappedTable(mapping(), None, COLLECTED)
    for n in range(80):
        table(Row(n, {"E-Mail": "a@example.com", f"key {n}": n}))
    assert len(table.unread) == 51
    assert table.unread[-1] == "30 cells of others"


@pytest.mark.parametrize("written", ["0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00"])
def test_a_moment_beyond_the_calendar_is_a_wrong_date(written):
    with pytest.raises(Invalid) as refused:
        cells.moment(written, None, UTC, "seen")
    assert refused.value.issues[0].code == "DATE_INVALID"


def test_nobody_consented_before_there_were_newsletters(mapping):
    with pytest.raises(Invalid) as refused:
        drafted(mapping(), **{"Newsletter seit": "01.02.1926 13:00"})
    assert refused.value.issues[0].code == "DATE_INVALID"


def test_an_id_is_read_as_it_is_kept_so_that_the_next_row_finds_it(mapping):
    assert drafted(mapping(), Kundennummer="K\t7").draft.external_ids == (ExternalId("erp", "K 7"),)
    with pytest.raises(Invalid) as refused:
        drafted(mapping(), Kundennummer="K" * 1000)
    assert [(issue.path, issue.code) for issue in refused.value.issues] == [
        (("Kundennummer",), "TOO_LONG")
    ]


def test_a_no_is_heard_although_its_date_cannot_be_read(mapping):
    row = {**ROW, "Newsletter": "nein", "Newsletter seit": "gestern"}
    with pytest.raises(Invalid) as refused:
        drafted(mapping(), row)
    assert [issue.code for issue in refused.value.issues] == ["DATE_INVALID"]
    heard = MappedTable(mapping(), tuple(row), COLLECTED).answers(Row(2, row))
    assert [act.status for act in heard.consents] == [ConsentStatus.DENIED]


def test_whole_numbers_keep_every_digit():
    assert cells.integer("9007199254740993") == 9007199254740993
    assert cells.integer("12.0") == 12
    assert cells.integer(" ") is None


def test_json_lists_and_numbers_are_read_as_they_are(mapping):
    row = Row(1, {"E-Mail": ["a@example.com", "b@example.com"], "Kundennummer": 7})
    draft = MappedTable(mapping(), None, COLLECTED)(row).draft
    assert draft.emails == ("a@example.com", "b@example.com")
    assert draft.external_ids == (ExternalId("erp", "7"),)


def test_a_column_the_file_lacks_is_named_with_the_line_of_the_mapping(mapping):
    with pytest.raises(UnreadableFile, match=r"'Geburtstag' \(line 9\)"):
        MappedTable(mapping(), tuple(name for name in ROW if name != "Geburtstag"), COLLECTED)


@pytest.mark.parametrize(
    ("wrong", "line", "sentence"),
    [
        (
            "[customer]\nemails = 'a'\nfist_name = 'b'",
            3,
            "no target 'fist_name'; there are name.gi",
        ),
        ("[customer]\nname.first = 'b'", 2, "no target 'name.first'"),
        ("[customer]\nemails = { colum = 'a' }", 2, "no option 'colum'; there are column,"),
        ("[customer]\nemails = { separator = ',' }", 2, "say column, columns or value"),
        ("[customer]\nemails = 7", 2, "write a column's name"),
        ("[customer]\nemails = ['a', 7]", 2, "a text or a list of texts"),
        ("[customer]\nbirthday = { column = 'b', format = '%d.%m.%y' }", 2, "use %Y"),
        ("[customer]\nattribute.x = { column = 'b', type = 'money' }", 2, "there are text, int"),
        ("[custom]\nemails = 'a'", 1, "no section 'custom'; there are customer"),
        ("time_zone = 'Berlin'\n[customer]\nemails = 'a'", 1, "not a time zone"),
        ("[customer]\nemails = 'a'\n[[consents]]\ncolumn = 'n'", 3, "a consent needs purpose"),
        ("[customer]\nemails='a'\n[consents]\ncolumn='n'", 3, "section [[consents]]"),
        (MAPPING.replace('"EMAIL"', '"FAX"'), 21, "no channel 'FAX'; there are EMAIL"),
        (MAPPING.replace('["nein"]', '["JA"]'), 23, "'JA' already has another meaning"),
        (MAPPING.replace("source =", "sauce ="), 26, "no option 'sauce'"),
    ],
)
def test_a_mistake_names_its_line_and_what_could_stand_there(mapping, wrong, line, sentence):
    with pytest.raises(UnreadableFile) as refused:
        mapping(wrong)
    told = [text for text in str(refused.value).splitlines() if sentence in text]
    assert told
    assert f"line {line}:" in told[0]


def test_all_mistakes_are_told_at_once(mapping):
    with pytest.raises(UnreadableFile) as refused:
        mapping("[customer]\na = 'x'\nb = 'y'")
    assert len(str(refused.value).splitlines()) == 2


@pytest.mark.parametrize("text", ["[customer\n", "emails = \xe9"])
def test_what_is_no_toml_says_where(mapping, text):
    with pytest.raises(UnreadableFile, match="line 1"):
        mapping(text)


def test_a_missing_mapping_is_named(tmp_path):
    with pytest.raises(UnreadableFile, match=r"none\.toml"):
        read_mapping(tmp_path / "none.toml")


@given(st.dates())
def test_a_birthday_is_read_in_every_form_it_is_written(day):
    written = f"{day.year:04}-{day.month:02}-{day.day:02}"
    assert cells.birthday(written, None) == Birthday(day.month, day.day, day.year)
    yearless = Birthday(day.month, day.day)
    assert cells.birthday(f"--{written[5:]}", None) == yearless
    assert cells.birthday(f"{day.day}.{day.month}.", "%d.%m.") == yearless


@given(st.text(max_size=8))
def test_an_answer_is_yes_no_or_refused_and_never_a_surprise(text):
    try:
        said = cells.flag(text)
    except Invalid:
        assert text.strip().casefold() not in cells.YES | cells.NO
        return
    assert (said is True) is (text.strip().casefold() in cells.YES)


@given(st.one_of(st.text(max_size=6), st.floats(), st.integers()))
def test_a_number_is_finite_or_refused(value):
    try:
        number = cells.decimal(value)
    except Invalid:
        return
    assert number is None or abs(number) < float("inf")
