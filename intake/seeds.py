"""The seeds of the demos: the same one makes the same people everywhere."""

from typing import Final

# not with the demos: --help shows a default, and must not load what plants them
SHOP: Final = 2026
JOURNEY: Final = 8451
