"""What is asked of the input of one request, whatever its query."""

from typing import cast


def nested_beyond(value: object, levels: int) -> bool:
    """Whether lists and objects are nested deeper than that; a deep value is not walked deeper."""
    layer: list[object] = [value]
    for _ in range(levels + 1):
        layer = [inner for outer in layer for inner in _inside(outer)]
        if not layer:
            return False
    return True


def _inside(value: object) -> list[object]:
    if isinstance(value, dict):
        return [*cast("dict[str, object]", value).values()]
    return cast("list[object]", value) if isinstance(value, list) else []
