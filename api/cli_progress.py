"""How far a long command has come: a bar on a terminal, and a line now and then in a log."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from api.cli_terminal import notes, say

EVERY: Final = 10.0
"""Seconds between two lines where there is no terminal: what is done before says nothing."""

Reached = Callable[[int], None]
"""Told how much is done."""
Stage = Callable[[str], Reached]
"""Begins a stage of this name, of the same size as the others."""


@contextmanager
def stages(total: int) -> Generator[Stage]:
    """Shows on standard error the stage that goes on."""
    if notes().is_terminal:
        with _bar(total) as stage:
            yield stage
    else:
        yield Lines(total, time.monotonic).stage


@dataclass(slots=True)
class Lines:
    """Says every ten ``seconds``, a clock that never goes back, which part of ``total`` is done."""

    total: int
    seconds: Callable[[], float]
    _said: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self._said = self.seconds()

    def stage(self, name: str) -> Reached:
        def reached(done: int) -> None:
            now = self.seconds()
            if now - self._said >= EVERY:
                self._said = now
                say(f"{name}: {100 * done // max(self.total, 1)} %")

        return reached


@contextmanager
def _bar(total: int) -> Generator[Stage]:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, TimeRemainingColumn(), console=notes(), transient=True) as bar:

        def stage(name: str) -> Reached:
            # a bar of its own: what is left to do is reckoned from its beginning
            task = bar.add_task(name, total=total, visible=False)

            def reached(done: int) -> None:
                for each in bar.task_ids:
                    bar.update(each, visible=each == task)
                bar.update(task, completed=done)

            return reached

        yield stage
