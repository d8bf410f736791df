"""The few things the world gives us, as arguments: time and ids."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Now, as an aware UTC datetime truncated to milliseconds (what BSON keeps)."""

    def __call__(self) -> datetime: ...


class Ids(Protocol):
    """A new TypeID with the prefix asked for, sortable by creation time."""

    def __call__(self, prefix: str) -> str: ...
