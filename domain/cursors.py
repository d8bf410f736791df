"""Cursors as callers carry them: opaque, bound to the list they were made in."""

import base64
from collections.abc import Callable
from typing import overload

from domain import ids, sorting
from domain.errors import Invalid, invalid
from domain.query import Order, OrderField


def sealed(key: str, of: str) -> str:
    """A place in the list of this name."""
    return base64.urlsafe_b64encode(f"{of}|{key}".encode()).decode().rstrip("=")


@overload
def opened(cursor: str, of: str, argument: str) -> str: ...
@overload
def opened(cursor: str | None, of: str, argument: str) -> str | None: ...
def opened(cursor: str | None, of: str, argument: str) -> str | None:
    """The place; raises Invalid at ``argument`` for a cursor of another list, or of nobody's."""
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        name, _, key = base64.urlsafe_b64decode(padded).decode().partition("|")
    except ValueError:
        name, key = "", ""
    if name != of or not key:
        raise _foreign(argument)
    return key


@overload
def opened_as(fits: Callable[[str], bool], cursor: str, of: str, argument: str) -> str: ...
@overload
def opened_as(
    fits: Callable[[str], bool], cursor: str | None, of: str, argument: str
) -> str | None: ...
def opened_as(
    fits: Callable[[str], bool], cursor: str | None, of: str, argument: str
) -> str | None:
    """The same, for a list whose every place ``fits``: others come from nobody's page."""
    key = opened(cursor, of, argument)
    if key is not None and not fits(key):
        raise _foreign(argument)
    return key


def _foreign(argument: str) -> Invalid:
    message = "This cursor is not of this list: take it from a page in the same order."
    return invalid((argument,), "CURSOR_INVALID", message)


def written_cursor(key: str, order: Order) -> str:
    """A place in this order."""
    return sealed(key, _name(order))


@overload
def read_cursor(cursor: str, order: Order, argument: str) -> str: ...
@overload
def read_cursor(cursor: str | None, order: Order, argument: str) -> str | None: ...
def read_cursor(cursor: str | None, order: Order, argument: str) -> str | None:
    """The place; raises Invalid at ``argument`` for a cursor of another order, or of nobody's."""
    return opened_as(lambda key: _fits(key, order), cursor, _name(order), argument)


def _fits(key: str, order: Order) -> bool:
    """Whether a page in this order could have ended here."""
    if order.field is OrderField.DISPLAY_NAME:
        # a name is personal: the id stands for it
        return ids.prefix_of(key) == ids.CUSTOMER
    return sorting.is_key(key)


def _name(order: Order) -> str:
    return f"{order.field.value}{'-' if order.descending else '+'}"
