"""What is asked of the input of one request, whatever its query."""

from typing import Final, cast

_AN_OBJECT: Final = 10


def nested_beyond(value: object, levels: int) -> bool:
    """Whether lists and objects are nested deeper than that; a deep value is not walked deeper."""
    layer: list[object] = [value]
    for _ in range(levels + 1):
        layer = [inner for outer in layer for inner in _inside(outer)]
        if not layer:
            return False
    return True


def heavier_than(value: object, most: int) -> bool:
    """Whether it holds more values than that, at any depth; an object counts as ten.

    Reading an object into a typed input asks of every field it might have. What is beyond ``most``
    is not walked, and nothing here recurses.
    """
    weight, waiting = 0, [value]
    while waiting:
        inner = waiting.pop()
        weight += _weight(inner)
        held = _inside(inner)
        if weight + len(waiting) + len(held) > most:
            return True
        waiting.extend(held)
    return False


def _weight(value: object) -> int:
    return _AN_OBJECT if isinstance(value, dict) else 1


def _inside(value: object) -> list[object]:
    if isinstance(value, dict):
        return [*cast("dict[str, object]", value).values()]
    return cast("list[object]", value) if isinstance(value, list) else []
