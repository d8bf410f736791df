"""Collects every problem of an input, so that a form can show them all at once."""

from collections.abc import Generator
from contextlib import contextmanager

from domain.errors import Invalid, Issue


class Issues:
    """Issues so far; ``raise_any`` ends the collection."""

    def __init__(self) -> None:
        self._found: list[Issue] = []

    @contextmanager
    def collect(self, *prefix: str) -> Generator[None]:
        """Takes what the block raises as Invalid and goes on."""
        try:
            yield
        except Invalid as problem:
            self._found += problem.under(*prefix).issues

    def take(self, problem: Invalid) -> None:
        """Adds what was raised elsewhere."""
        self._found += problem.issues

    def add(self, path: tuple[str, ...], code: str, message: str) -> None:
        self._found.append(Issue(path, code, message))

    def raise_any(self) -> None:
        """Raises Invalid with everything collected, if anything was."""
        if self._found:
            raise Invalid(*self._found)
