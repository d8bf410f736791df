"""A file of customers and everything that decides how it is read."""

import hashlib
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from consent.records import ConsentStatus
from customers.defining import DefinitionDraft
from customers.drafts import CustomerDraft
from intake.formats import FileFormat
from intake.lines import UnreadableFile
from intake.mapping import MappedTable
from intake.mapping_file import read_mapping
from intake.origins import FileMapping
from intake.readers import Table, csv_table, jsonl_table
from intake.rows import Drafted, Refused, Row, understood
from intake.shopify import ATTRIBUTES, ShopifyExport
from intake.shopify_evidence import UNKNOWN_VERSION, UNKNOWN_WORDING


class _Understanding(Protocol):
    @property
    def asks(self) -> bool: ...
    @property
    def unread(self) -> tuple[str, ...]: ...
    def __call__(self, row: Row) -> Drafted: ...
    def answers(self, row: Row) -> CustomerDraft: ...


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """See intake.importing.Rows."""

    rows: Iterator[Drafted | Refused]
    table: Table
    understanding: _Understanding

    @property
    def answers(self) -> Iterator[CustomerDraft]:
        if not self.understanding.asks:
            return iter(())
        rows = (row for row in self.table.rows if isinstance(row, Row))
        return map(self.understanding.answers, rows)

    @property
    def unread(self) -> tuple[str, ...]:
        return self.understanding.unread

    def done(self) -> int:
        return self.table.lines.done()


@dataclass(frozen=True, slots=True)
class CustomerFile:
    """See intake.importing.ImportFile.

    ``collected_at`` dates consents of which the file itself does not say when they were given.
    Without it refusals have the date at which the file was last changed, and a yes is not a grant.
    ``policy_version`` and ``wording`` are the evidence for consents of a Shopify export, which has
    none of its own.
    """

    path: Path
    format: FileFormat
    mapping: Path | None = None
    encoding: str | None = None
    collected_at: datetime | None = None
    policy_version: str = UNKNOWN_VERSION
    wording: str = UNKNOWN_WORDING

    def __post_init__(self) -> None:
        if (self.mapping is None) is not (self.format is FileFormat.SHOPIFY):
            raise UnreadableFile(
                "A Shopify export needs no mapping file: leave --mapping out."
                if self.mapping
                else "Say which column is what: --mapping FILE (see the guide for partners)."
            )

    @property
    def key(self) -> str:
        """The same for the same bytes read the same way, whatever the file's name."""
        with self.path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256")
        mapping = self.mapping.read_bytes() if self.mapping else b""
        digest.update(hashlib.sha256(mapping).digest())
        said = (self.format, self.encoding, self.collected_at, self.policy_version, self.wording)
        digest.update(repr(tuple(map(str, said))).encode())
        return digest.hexdigest()

    @property
    def definitions(self) -> tuple[DefinitionDraft, ...]:
        """The custom attributes that rows of this kind of file use."""
        if self.format is not FileFormat.SHOPIFY:
            return ()
        return tuple(attribute.definition for attribute in ATTRIBUTES)

    @property
    def dates_refusals(self) -> bool:
        """Whether a no in it is an act with a date, as the mapping says, and not a mere empty box.

        Raises UnreadableFile where the mapping cannot be used.
        """
        mapping = read_mapping(self.mapping) if self.mapping else None
        return mapping is not None and any(
            consent.collected is not None and ConsentStatus.DENIED in consent.answers.values()
            for consent in mapping.consents
        )

    @property
    def size(self) -> int:
        """In bytes."""
        return self.path.stat().st_size

    @contextmanager
    def opened(self) -> Generator[OpenedFile]:
        """The rows; raises UnreadableFile where the file or its mapping cannot be used."""
        mapping = read_mapping(self.mapping) if self.mapping else None
        with self._table(mapping) as table:
            understanding = self._understanding(table, mapping)
            yield OpenedFile(understood(table.rows, understanding), table, understanding)

    def _table(self, mapping: FileMapping | None) -> AbstractContextManager[Table]:
        if self.format is not FileFormat.JSONL or mapping is None:
            return csv_table(self.path, encoding=self.encoding)
        wanted = [column for column, _ in mapping.columns()]
        return jsonl_table(self.path, encoding=self.encoding, wanted=wanted)

    def _understanding(self, table: Table, mapping: FileMapping | None) -> _Understanding:
        collected_at, dated = self.collected_at or self._changed_at(), self.collected_at is not None
        if mapping is not None:
            return MappedTable(mapping, table.columns, collected_at, dated)
        columns = table.columns or ()
        return ShopifyExport(columns, collected_at, self.policy_version, self.wording, dated)

    def _changed_at(self) -> datetime:
        changed = datetime.fromtimestamp(int(self.path.stat().st_mtime), UTC)
        return changed.replace(microsecond=0)
