"""The seeds of the demos: the same one makes the same people everywhere."""

from typing import Final

SHOP: Final = 2026
JOURNEY: Final = 8451
