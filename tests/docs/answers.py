"""Compares an answer as it is told with the answer as it is given.

Ids, cursors and moments differ from run to run: where one is told and another given, the two are
held to be the same from then on, so that a later example can speak of it.
"""

import re
from collections.abc import Iterator
from typing import Any

_ID = re.compile(r"[a-z]{2,12}_[0-7][0-9a-hjkmnp-tv-z]{25}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_CURSORS = {"cursor", "startCursor", "endCursor"}


class Told:
    """What a page has told so far, and what it stands for."""

    def __init__(self) -> None:
        self._stands_for: dict[str, str] = {}

    def real(self, text: str) -> str:
        """The text with every id and cursor told before in place of the one it stands for."""
        for told, given in self._stands_for.items():
            text = text.replace(told, given)
        return text

    def differences(self, told: Any, given: Any, at: str = "") -> Iterator[str]:
        """Where the two differ; nothing where they do not."""
        if isinstance(told, dict) and isinstance(given, dict):
            yield from self._of_objects(told, given, at)
        elif isinstance(told, list) and isinstance(given, list):
            if len(told) != len(given):
                yield f"{at}: {len(told)} told, {len(given)} given"
            for number, pair in enumerate(zip(told, given, strict=False)):
                yield from self.differences(*pair, f"{at}[{number}]")
        elif not self._is_same(told, given, at):
            yield f"{at}: {told!r} told, {given!r} given"

    def _of_objects(self, told: dict[str, Any], given: dict[str, Any], at: str) -> Iterator[str]:
        for name in sorted({*told} ^ {*given}):
            yield f"{at}.{name}: only {'told' if name in told else 'given'}"
        for name in told.keys() & given.keys():
            yield from self.differences(told[name], given[name], f"{at}.{name}")

    def _is_same(self, told: Any, given: Any, at: str) -> bool:
        if not isinstance(told, str) or not isinstance(given, str):
            return told == given and isinstance(told, bool) is isinstance(given, bool)
        if _MOMENT.fullmatch(told):
            return _MOMENT.fullmatch(given) is not None
        if _is_id_of_a_kind(told, given) or at.rpartition(".")[2] in _CURSORS:
            return self._stands_for.setdefault(told, given) == given
        return told == given


def _is_id_of_a_kind(told: str, given: str) -> bool:
    both = _ID.fullmatch(told) and _ID.fullmatch(given)
    return bool(both) and told.partition("_")[0] == given.partition("_")[0]


def failures(given: Any, at: str = "data") -> Iterator[str]:
    """Named problems in the data of an answer, and members of unions that nobody asked about."""
    if isinstance(given, list):
        for number, each in enumerate(given):
            yield from failures(each, f"{at}[{number}]")
    elif isinstance(given, dict):
        if not given:
            yield f"{at} is a member of a union that the query selects nothing of"
        if str(given.get("__typename", "")).endswith("Error") or {"code", "message"} <= {*given}:
            yield f"{at} is a failure: {given}"
        for name, value in given.items():
            # a custom value may be any JSON
            if name != "value":
                yield from failures(value, f"{at}.{name}")
