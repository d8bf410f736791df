"""A partner's file beside the database, and its entry in ``sources.toml``."""

import csv
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from enrichment.recipes import RECIPES

RECIPE: Final = "lower_trim.v1"
KEY_COLUMN: Final = "email_sha256"


@dataclass(frozen=True, slots=True)
class PartnerFile:
    """What a partner knows about people it names by hashed e-mail (``lower_trim.v1``).

    ``attributes`` gives the type of each column; ``rows`` are e-mail (hashed before it is written)
    and one cell a column.
    """

    key: str
    name: str
    licence: str
    attributes: Mapping[str, str]
    rows: Iterable[tuple[str, Sequence[object]]]

    def write(self, folder: Path) -> Path:
        """Writes the file to ``folder/partners`` and sees that ``folder/sources.toml`` names it.

        Answers with the path of the configuration.
        """
        (folder / "partners").mkdir(mode=0o700, parents=True, exist_ok=True)
        with (folder / self._file).open("w", encoding="utf-8", newline="") as file:
            (folder / self._file).chmod(0o600)  # a partner's file is about people
            writer = csv.writer(file)
            writer.writerow((KEY_COLUMN, *self.attributes))
            writer.writerows((hashed(email), *cells) for email, cells in self.rows)
        self.enlist(folder)
        return _configuration(folder)

    def enlist(self, folder: Path) -> bool:
        """Whether ``folder/sources.toml`` did not name it yet; it does now.

        What the shop has configured itself stays, an entry of this key too.
        """
        sources = _configuration(folder)
        before = sources.read_text("utf-8-sig") if sources.exists() else ""
        if self.key in _keys(before):
            return False
        gap = "\n" if before else ""
        sources.write_text(f"{before}{gap}{self._entry()}", encoding="utf-8")
        return True

    def lies_in(self, folder: Path) -> bool:
        """Whether there is a file of this key already, whatever it holds."""
        return (folder / self._file).exists()

    @property
    def _file(self) -> str:
        return f"partners/{self.key}.csv"

    def _entry(self) -> str:
        columns = (
            f'{column} = {{ column = "{column}", type = "{kind}" }}'
            for column, kind in self.attributes.items()
        )
        return "\n".join(
            (
                "[[source]]",
                'kind = "table_file"',
                f'key = "{self.key}"',
                f'name = "{self.name}"',
                f'licence = "{self.licence}"',
                f'file = "{self._file}"',
                "",
                "[source.match]",
                f'email_hash = {{ column = "{KEY_COLUMN}", recipe = "{RECIPE}" }}',
                "",
                "[source.attributes]",
                *columns,
                "",
            )
        )


def hashed(email: str) -> str:
    """SHA-256 under the recipe, as 64 hexadecimal digits."""
    return RECIPES[RECIPE].hash_email(email)


def _configuration(folder: Path) -> Path:
    return folder / "sources.toml"


def _keys(text: str) -> set[str]:
    return {str(source["key"]) for source in tomllib.loads(text).get("source", ())}
