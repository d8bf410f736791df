"""An entry of the access log as a line: of a table, of CSV, of JSON Lines."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Final

from api.cli_terminal import iso, table
from domain.access_log import AccessEntry
from domain.ids import CustomerId

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS: Final = ("at", "key", "key id", "operation", "categories", "customers", "request")
_FIELDS: Final = (
    *("id", "at", "kind", "key_id", "key_label", "operation", "request_id"),
    *("categories", "count", "customer_ids"),
)
HEAD: Final = ",".join(_FIELDS)


def lines(found: Sequence[AccessEntry], about: CustomerId | None, width: int | None) -> list[str]:
    """A line an entry, with its columns; in a terminal narrower than that, three short ones.

    With ``about``, here and below, no id of anybody else is told.
    """
    told = [_row(entry, about) for entry in found]
    wide = table(_COLUMNS, *told)
    if width is None or max(map(len, wide)) <= width:
        return wide
    return [line for row in told for line in _block(*row)]


def csv_line(entry: AccessEntry, about: CustomerId | None) -> str:
    """Lists are separated by blanks; no label is a formula to who opens it in a spreadsheet."""
    line = io.StringIO()
    label = entry.actor.label
    harmless = f"'{label}" if label.startswith(_FORMULA) else label
    actor = (entry.actor.kind.value, entry.actor.id or "", harmless)
    csv.writer(line, lineterminator="").writerow(
        (
            *(entry.id, iso(entry.at), *actor, entry.operation, entry.request_id),
            *(" ".join(entry.categories), entry.count, " ".join(_told(entry, about))),
        )
    )
    return line.getvalue()


def json_line(entry: AccessEntry, about: CustomerId | None) -> str:
    actor = entry.actor
    told = {
        "id": entry.id,
        "at": iso(entry.at),
        "by": {"kind": actor.kind.value, "id": actor.id, "label": actor.label},
        "operation": entry.operation,
        "requestId": entry.request_id,
        "categories": [category.value for category in entry.categories],
        "count": entry.count,
        "customerIds": list(_told(entry, about)),
    }
    return json.dumps(told, ensure_ascii=False)


def _told(entry: AccessEntry, about: CustomerId | None) -> Sequence[CustomerId]:
    """Who was on the same page as this person is nothing to give to this person."""
    return entry.customer_ids if about is None else (about,)


def _row(entry: AccessEntry, about: CustomerId | None) -> tuple[str, ...]:
    first, *_ = _told(entry, about) or ("-",)
    others = entry.count - 1
    return (
        f"{entry.at:%Y-%m-%d %H:%M:%S}",
        entry.actor.label,
        entry.actor.id or "-",
        entry.operation,
        " ".join(entry.categories),
        f"{first} and {others:,} more" if others > 0 else first,
        entry.request_id,
    )


def _block(
    at: str, label: str, key: str, operation: str, categories: str, customers: str, request: str
) -> tuple[str, str, str]:
    return (
        f"{at}  {label} ({key})",
        f"  {operation}, request {request}",
        f"  {categories} of {customers}",
    )
