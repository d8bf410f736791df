"""A problem of a row is told with the column that whoever has the file knows."""

import csv

import pytest

from domain.errors import IdentityKind
from intake.formats import FileFormat
from intake.mapping import MappedTable
from intake.mapping_file import read_mapping
from intake.rows import Row
from intake.shopify import ShopifyExport
from tests.intake.exports import ANNA, BORIS, COLLECTED, MIDDLE, NEW, written
from tests.intake.stocked import Stocked
from tests.intake.test_mapping import MAPPING

PERSON = {
    "Vorname": "Anna",
    "Nachname": "",
    "Geburtsname": "Muster",
    "E-Mail": "",
    "E-Mail 2": "anna@example.com",
    "Telefon": "030/1",
    "Kundennummer": "17",
    "Straße": "Weg 1",
    "Schuhgröße": "38",
    "Hobbys": "tea",
    "Newsletter": "ja",
    "Newsletter seit": "01.02.2026 13:00",
    "Gruppe": "S",
}


@pytest.mark.parametrize(
    ("path", "column"),
    [
        (("input", "emails", "0"), "E-Mail 2"),
        (("input", "emails"), "E-Mail 2"),
        (("input", "phones", "1"), "Telefon"),
        ((IdentityKind.EMAIL,), "E-Mail 2"),
        ((IdentityKind.PHONE,), "Telefon"),
        ((IdentityKind.EXTERNAL_ID,), "Kundennummer"),
        ((IdentityKind.EXTERNAL_ID, "0"), "Kundennummer"),
        (("input", "externalIds", "0", "value"), "Kundennummer"),
        (("input", "name", "family"), "Geburtsname"),
        (("input", "name"), "Vorname, Nachname, Geburtsname"),
        (("input", "addresses", "0", "lines", "0"), "Straße"),
        (("address.country",), "Land"),
        (("input", "attributes", "0", "value"), "Schuhgröße"),
        (("input", "attributes", "1", "value"), "Hobbys"),
        (("consents", "marketing.newsletter", "EMAIL"), "Newsletter"),
        (("tags",), "Gruppe"),
        (("input", "timeZone"), ""),
        ((), ""),
    ],
)
def test_of_a_mapped_file_it_is_the_column_that_was_filled(tmp_path, path, column):
    (tmp_path / "map.toml").write_text(MAPPING, encoding="utf-8")
    understand = MappedTable(read_mapping(tmp_path / "map.toml"), None, COLLECTED)
    assert understand(Row(2, PERSON)).named(path) == column


@pytest.mark.parametrize(
    ("path", "column"),
    [
        (("input", "emails", "0"), "Email"),
        ((IdentityKind.PHONE,), "Phone"),
        (("input", "externalIds", "0", "value"), "Customer ID"),
        (("input", "name", "given"), "First Name"),
        (("input", "addresses", "0", "lines", "0"), "Default Address Address1"),
        (("input", "addresses", "0", "postalCode"), "Default Address Zip"),
        (("input", "attributes", "1", "value"), "Total Orders"),
        (("consents", "marketing", "SMS"), "Accepts SMS Marketing"),
        (("tags",), "Tags"),
    ],
)
def test_of_an_export_it_is_the_column_of_shopify(path, column):
    assert ShopifyExport(tuple(NEW), COLLECTED)(Row(2, ANNA)).named(path) == column


def test_older_exports_have_their_own_names():
    named = ShopifyExport(tuple(MIDDLE), COLLECTED)(Row(2, {"Email": "a@example.com"})).named
    assert named(("input", "addresses", "0", "city")) == "City"
    assert named(("input", "externalIds", "0")) == ""


async def test_the_report_names_the_column_and_the_field(shop: Stocked, tmp_path):
    flatmate = {"First Name": "Flatmate", "Email": "other@example.net", "Phone": ANNA["Phone"]}
    spent = {**BORIS, "Total Spent": "a lot"}
    path = written(tmp_path / "a.csv", ANNA, {**BORIS, "Email": "no address"}, flatmate, spent)
    await shop.take(path)
    with shop.report(path).open(encoding="utf-8", newline="") as file:
        told = [(r["code"], r["column"], r["field"]) for r in csv.DictReader(file)]
    assert told == [
        ("EMAIL_INVALID", "Email", "emails.0"),
        ("IDENTITY_CONFLICT", "Phone", "PHONE"),
        ("NUMBER_INVALID", "Total Spent", ""),
    ]


TWO_PHONES = """
[customer]
external_id = { shop = "Id" }
emails = "Mail"
phones = { columns = ["Home", "Work"], separator = "/" }
"""


async def test_of_several_phones_the_report_names_the_one_that_somebody_else_has(shop, tmp_path):
    (tmp_path / "map.toml").write_text(TWO_PHONES)
    path = tmp_path / "people.csv"
    path.write_text(
        "Id;Mail;Home;Work\n"
        "1;anna@example.com;+12025550143;\n"
        "2;boris@example.com;+12025550144;+12025550143\n"
        "3;carla@example.com;+12025550145/+12025550143;\n"
        "4;dora@example.com;+12025550143;\n"
        ";erik@example.com;nobody's;+12025550143\n"
    )
    await shop.take(path, format=FileFormat.CSV, mapping=tmp_path / "map.toml")
    with shop.report(path).open(encoding="utf-8", newline="") as file:
        told = list(csv.DictReader(file))
    assert {row["code"] for row in told} == {"IDENTITY_CONFLICT"}
    assert [(row["line"], row["column"], row["field"]) for row in told] == [
        ("3", "Work", "PHONE.1"),
        ("4", "Home", "PHONE.1"),
        ("5", "Home", "PHONE"),
        ("6", "Work", "PHONE.1"),
    ]
