"""Shopify exports in the column sets of three generations, written for these tests."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

COLLECTED = datetime(2026, 2, 1, tzinfo=UTC)
_ADDRESS = ["Company", "Address1", "Address2", "City", "Province Code", "Country Code", "Zip"]
_NAMED = ["First Name", "Last Name", "Email", "Accepts Email Marketing"]
_TOTALS = ["Accepts SMS Marketing", "Total Spent", "Total Orders"]
NEW = [
    *("Customer ID", *_NAMED),
    *(f"Default Address {name}" for name in [*_ADDRESS, "Phone"]),
    *("Phone", *_TOTALS, "Note", "Tax Exempt", "Tags"),
]
MIDDLE = [
    *(*_NAMED, "Company", "Address1", "Address2", "City", "Province", "Province Code"),
    *("Country", "Country Code", "Zip", "Phone", *_TOTALS, "Tags", "Note", "Tax Exempt"),
]
OLD = [
    {"Accepts Email Marketing": "Accepts Marketing"}.get(name, name)
    for name in MIDDLE
    if name != "Accepts SMS Marketing"
]
ANNA = {
    "Customer ID": "'7001",
    "First Name": "Anna",
    "Last Name": "Example",
    "Email": "Anna@Example.com",
    "Accepts Email Marketing": "yes",
    "Default Address Address1": "12 Example Road",
    "Default Address City": "London",
    "Default Address Country Code": "GB",
    "Default Address Zip": "'SW1A 1AA",
    "Phone": "'+447700900123",
    "Accepts SMS Marketing": "no",
    "Total Spent": "120.50",
    "Total Orders": "3",
    "Tax Exempt": "no",
    "Tags": "VIP, Early Bird",
}
BORIS = {
    "Customer ID": "'7002",
    "First Name": "Boris",
    "Email": "boris@example.org",
    "Accepts Email Marketing": "no",
    "Accepts SMS Marketing": "no",
}


def export(*rows: dict[str, str], columns: list[str] = NEW) -> str:
    """The file as Shopify would write it."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def written(path: Path, *rows: dict[str, str], columns: list[str] = NEW) -> Path:
    path.write_text(export(*rows, columns=columns), encoding="utf-8", newline="")
    return path
