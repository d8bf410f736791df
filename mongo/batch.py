"""The writes of one commit: what to send, and what the server's answer means for the changes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, NoReturn, cast

from pymongo.errors import (
    BulkWriteError,
    ClientBulkWriteException,
    ConnectionFailure,
    OperationFailure,
    PyMongoError,
)
from pymongo.results import ClientBulkWriteResult

from domain.work import Change, Stale, Taken
from mongo.driver import Document
from mongo.merging import merged
from mongo.operations import Part, Request, Writes

_SMALL: Final = 20
_DUPLICATE_KEY: Final = 11000
_WRITE_CONFLICT: Final = 112
_TRANSIENT: Final = "TransientTransactionError"


class Transient(Exception):
    """Nothing was written; the same commit may go through if tried again."""


class WriteRefused(Exception):
    """The server refused a write for a reason that is a bug. Holds codes, never values."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Changes and their writes, in order."""

    parts: tuple[Part, ...]

    @classmethod
    def of(cls, changes: Sequence[Change], writes: Writes) -> "Batch":
        """The writes of the changes; a kind of change without any is a mistake in the table."""
        return cls.joined(
            cls.joined(each.batch for each in several if isinstance(each, Prepared))
            if are_prepared
            else cls.merged(several, writes)
            for are_prepared, several in groupby(changes, key=_is_prepared)
        )

    @classmethod
    def merged(cls, changes: Iterable[Change], writes: Writes) -> "Batch":
        """The same of changes of which none is prepared."""
        return cls(merged((each, op) for each in changes for op in writes[type(each)](each)))

    @classmethod
    def joined(cls, batches: Iterable["Batch"]) -> "Batch":
        """All of them as one, in order."""
        return cls(tuple(part for batch in batches for part in batch.parts))

    @property
    def is_small_and_new(self) -> bool:
        """Whether it needs a transaction, but waits for no document that others may hold."""
        return 1 < len(self.parts) <= _SMALL and all(op.is_new_document for _, op in self.parts)

    @property
    def is_one_document(self) -> bool:
        """Whether the server writes it all or none without a transaction."""
        return len(self.parts) == 1 and self.parts[0][1].is_one_document

    @property
    def documents(self) -> list[Document]:
        """Those that a batch of nothing but inserts makes."""
        return [op.arguments["document"] for _, op in self.parts]

    def requests(self, database: str) -> list[Request]:
        return [op.request(database) for _, op in self.parts]

    def verify(self, result: ClientBulkWriteResult) -> None:
        """Raises Stale where a guarded write did not find its document."""
        self._verify(result, len(self.parts))

    def _verify(self, result: ClientBulkWriteResult, end: int) -> None:
        updates, deletes = result.update_results, result.delete_results
        for index, (_, op) in enumerate(self.parts[:end]):
            if not op.guarded:
                continue
            if index in updates:
                found = updates[index].matched_count or updates[index].did_upsert
            else:
                found = deletes[index].deleted_count
            if not found:
                raise Stale

    def refuse(self, error: ClientBulkWriteException) -> NoReturn:
        """Raises Transient, Taken, Stale, WriteRefused or the driver's ConnectionFailure."""
        if is_transient(error):
            raise Transient from None
        for write in error.details.get("writeErrors", ()):
            if write["code"] == _DUPLICATE_KEY and error.partial_result:
                # whoever took the key also moved the guard: no conflict, but a reason to look again
                self._verify(error.partial_result, write["idx"])
            self._refuse_one(write)
        if isinstance(error.error, ConnectionFailure):
            raise error.error from None
        raise WriteRefused(f"the server's code {_code(error)}") from None

    def refuse_inserts(self, error: BulkWriteError) -> NoReturn:
        """The same where the batch was sent as an insert."""
        for write in error.details["writeErrors"]:
            self._refuse_one({**write, "idx": write["index"]})
        raise WriteRefused(f"the server's code {error.code}") from None

    def _refuse_one(self, write: Document) -> NoReturn:
        index: int = write["idx"]
        change, op = self.parts[index]
        if write["code"] == _WRITE_CONFLICT:
            raise Transient from None
        if write["code"] != _DUPLICATE_KEY:
            raise WriteRefused(f"{op.collection}: the server's code {write['code']}") from None
        key = ",".join(write.get("keyPattern", ("_id",)))
        if key == "_id" and op.upsert:
            # Somebody inserted it between our look and our insert, or its guard does not hold.
            raise (Stale if op.guarded else Transient) from None
        raise Taken(change, key) from None


@dataclass(frozen=True, slots=True)
class Prepared(Change):
    """Changes of which it is known what to send, ahead of their commit."""

    batch: Batch


def _is_prepared(change: Change) -> bool:
    return isinstance(change, Prepared)


def is_transient(error: PyMongoError) -> bool:
    """Whether the transaction as a whole may be tried again."""
    if error.has_error_label(_TRANSIENT):
        return True
    inner = error.error if isinstance(error, ClientBulkWriteException) else None
    if isinstance(inner, PyMongoError):
        return inner.has_error_label(_TRANSIENT)
    return _TRANSIENT in _answer(inner).get("errorLabels", ())


def _code(error: ClientBulkWriteException) -> object:
    inner = error.error
    return inner.code if isinstance(inner, OperationFailure) else _answer(inner).get("code")


def _answer(inner: object) -> Document:
    """The server's answer, which the driver puts where the error stands in some cases."""
    return cast("Document", inner) if isinstance(inner, dict) else {}
