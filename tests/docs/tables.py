"""Tables of the guides that come from the code: `python -m tests.docs.tables` writes them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr

from api.settings import Settings
from tests.house.code import ROOT

_PLACE: Final = "<!-- {name}: written by `make schema` -->\n{table}<!-- end of {name} -->"


def settings() -> str:
    """Every setting with its default and what it is for."""
    rows = [
        f"| `RAPPORT_{name.upper()}` | {_default(field.default)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(["| variable | unless set | what it is |", "|---|---|---|", *rows]) + "\n"


def _default(value: Any) -> str:
    return "" if value is None or isinstance(value, SecretStr) else f"`{value}`"


TABLES: Final = {("docs/guides/operators.md", "settings"): settings}


def outdated() -> Iterator[tuple[Path, str]]:
    """Pages whose tables are not the code's, and what they should say."""
    for (file, name), table in TABLES.items():
        path = ROOT / file
        text = path.read_text()
        wanted = replaced(text, name, table())
        if text != wanted:
            yield path, wanted


def replaced(text: str, name: str, table: str) -> str:
    """The page with this table in its place; raises LookupError where the page has none for it."""
    start, end = _PLACE.format(name=name, table="\0").split("\0")
    place = re.compile(re.escape(start) + ".*?" + re.escape(end), re.DOTALL)
    if not place.search(text):
        raise LookupError(f"put {start!r} and {end!r} where the table {name} belongs")
    return place.sub(lambda _: start + table + end, text)


if __name__ == "__main__":
    for page, wanted in outdated():
        page.write_text(wanted)
