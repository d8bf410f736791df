"""Operations that are asked for by an id instead of their text.

Trusted documents come from a manifest that was written when a front end was built. Automatic
persisted queries are sent once with their text, and by its hash from then on.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

import orjson

from api.refusals import Refusal, RefusalCode

_PREFIX: Final = "sha256:"
_APOLLO: Final = "apollo-persisted-query-manifest"
_NOTHING: Final[Mapping[str, str]] = {}


class ManifestUnfit(Exception):
    """The manifest, or a document in it, is not as it must be; the message says what is wrong."""


class Documents:
    """The texts by their ids. What callers have registered is bounded in number and characters."""

    def __init__(
        self,
        trusted: Mapping[str, str] = _NOTHING,
        *,
        registering: bool = True,
        entries: int = 1_000,
        size: int = 4 * 1024 * 1024,
    ) -> None:
        self._trusted = trusted
        self._entries = entries if registering else 0
        self._room = size
        self._largest = size // 16
        self._met: OrderedDict[str, str] = OrderedDict()

    @property
    def trusted(self) -> Sequence[str]:
        """The ids of the manifest's documents."""
        return tuple(self._trusted)

    def text(self, asked: Mapping[str, Any]) -> str:
        """The text of what a request asks, which may hold a ``query``, an id, or both.

        Raises a Refusal: BAD_REQUEST for neither and for an id that is not the text's, and
        PERSISTED_QUERY_NOT_FOUND, upon which clients send the text with the id.
        """
        query, known_as = asked.get("query"), _identity(asked)
        if known_as is None:
            if not query:
                message = (
                    'There is no query: POST {"query": "...", "variables": {...}} as '
                    'application/json, or {"documentId": "..."} instead of its text.'
                )
                raise Refusal(RefusalCode.BAD_REQUEST, message)
            return cast("str", query)
        if query:
            return self._registered(cast("str", query), known_as)
        found = self._trusted.get(known_as) or self._met.get(known_as)
        if found is None:
            # clients wait for this very message (urql) or this code (Apollo)
            raise Refusal(RefusalCode.PERSISTED_QUERY_NOT_FOUND, "PersistedQueryNotFound")
        if known_as in self._met:
            self._met.move_to_end(known_as)
        return found

    def _registered(self, query: str, known_as: str) -> str:
        if self._trusted.get(known_as) == query:
            return query
        if hashlib.sha256(query.encode()).hexdigest() != known_as:
            message = "The id is not the SHA-256 of the query: send the query alone, or its own id."
            raise Refusal(RefusalCode.BAD_REQUEST, message)
        if known_as in self._met:
            self._met.move_to_end(known_as)
        elif len(query) <= self._largest:
            self._met[known_as] = query
            self._room -= len(query)
            while self._room < 0 or len(self._met) > self._entries:
                _, oldest = self._met.popitem(last=False)
                self._room += len(oldest)
        return query


def _identity(asked: Mapping[str, Any]) -> str | None:
    """``documentId`` as GraphQL over HTTP has it, or Apollo's ``persistedQuery``."""
    extensions: dict[str, Any] = asked.get("extensions") or {}
    persisted = extensions.get("persistedQuery")
    if persisted is not None:
        known = cast("dict[str, Any]", persisted) if isinstance(persisted, dict) else {}
        if known.get("version") != 1 or not isinstance(known.get("sha256Hash"), str):
            message = "extensions.persistedQuery wants {version: 1, sha256Hash: the query's hash}."
            raise Refusal(RefusalCode.BAD_REQUEST, message)
        return cast("str", known["sha256Hash"])
    found: str | None = asked.get("documentId")
    return found.removeprefix(_PREFIX) if found else None


def manifest(text: bytes) -> Mapping[str, str]:
    """The documents by their ids, of Apollo's manifest or of a plain {id: text}, as Relay's.

    Raises ManifestUnfit.
    """
    try:
        written: Any = orjson.loads(text)
    except orjson.JSONDecodeError as problem:
        raise ManifestUnfit(f"It is no JSON: {problem}.") from None
    read = cast("dict[str, Any]", written) if isinstance(written, dict) else {}
    documents = _of_apollo(read) if read.get("format") == _APOLLO else list(read.items())
    if not documents:
        raise ManifestUnfit("It holds no documents: write {id: text}, or Apollo's manifest.")
    found: dict[str, str] = {}
    for written, document in documents:
        known_as = written.removeprefix(_PREFIX) if isinstance(written, str) else ""
        if not known_as or not isinstance(document, str) or not document.strip():
            raise ManifestUnfit(f"{written!r} is no id, or has no text of an operation.")
        if found.setdefault(known_as, document) != document:
            raise ManifestUnfit(f"{written} stands for two operations: give each an id of its own.")
    return found


def _of_apollo(found: dict[str, Any]) -> list[tuple[Any, Any]]:
    try:
        return [(each["id"], each["body"]) for each in found["operations"]]
    except (KeyError, TypeError):
        message = "An operation of Apollo's manifest has no id or no body: make it again."
        raise ManifestUnfit(message) from None
