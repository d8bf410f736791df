"""Loads modules at the price of loading them."""

import gc
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def without_collecting() -> Generator[None]:
    """What is made inside the block, or was there before, stays out of the collector's rounds.

    Modules are some hundred thousand objects that stay: while they are made the collector would go
    through all of them again and again, for a tenth of the time of a start, and find nothing.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
