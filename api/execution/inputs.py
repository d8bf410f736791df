"""What is asked of the input of one request, whatever its query."""

from collections.abc import Collection
from typing import Any, Final

_AN_OBJECT: Final = 10

# both go through every value of every request: a call for each would cost more than the rest


def nested_beyond(value: Any, levels: int) -> bool:
    """Whether lists and objects are nested deeper than that; a deep value is not walked deeper."""
    layer: list[Any] = [value]
    for _ in range(levels + 1):
        inner: list[Any] = []
        for each in layer:
            kind = each.__class__
            if kind is dict:
                inner.extend(each.values())
            elif kind is list:
                inner.extend(each)
        if not inner:
            return False
        layer = inner
    return True


def heavier_than(value: Any, most: int) -> bool:
    """Whether it holds more values than that, at any depth; an object counts as ten.

    Reading an object into a typed input asks of every field it might have. What is beyond ``most``
    is not walked, and nothing here recurses.
    """
    weight, waiting = 0, [value]
    while waiting:
        each = waiting.pop()
        kind = each.__class__
        held: Collection[Any] = ()
        weight += 1
        if kind is dict:
            held = each.values()
            weight += _AN_OBJECT - 1
        elif kind is list:
            held = each
        if weight + len(waiting) + len(held) > most:
            return True
        waiting.extend(held)
    return False
