"""`rapport demo` at work: invented customers to try things on, never anybody real."""

from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn, TypeVar

import typer

from api.cli_demo import Opening
from api.cli_progress import stages
from api.cli_terminal import NOT_DONE, SOME_REFUSED, complain, notes, rows, table, unusable, waited
from enrichment.records import EnrichmentRun
from enrichment.sources import Misconfigured
from enrichment.sweeping import LeaseLost
from intake import demo_shop
from intake.demos import AnotherShop, Demos
from intake.importing import Summary
from intake.journey import Journey, JourneyMissing, located

T = TypeVar("T")


def shop(opened: Opening, data: Path | None, seed: int) -> None:
    """Loads the demo shop."""
    with stages(demo_shop.PEOPLE) as stage:
        summary = _over(opened, data, lambda demos: demos.shop(seed=seed, seen=stage("customers")))
    _tell(summary)
    if summary.counts.unchanged:
        notes().print("Who was there already is as they were, and so is a partner's file.")
    _end(summary)


def journey(opened: Opening, data: Path | None) -> None:
    """Loads the households and enriches those who allow it."""
    with _explained():
        households = Journey(located())
        everybody = len(households.spend)

    async def told(demos: Demos) -> tuple[Summary, EnrichmentRun]:
        with stages(everybody) as stage:
            summary = await demos.journey(households, seen=stage("households"))
        _tell(summary)
        with stages(everybody) as stage:
            return summary, await demos.enrich_journey(stage("enrichment"))

    summary, run = _over(opened, data, told)
    _tell_run(run)
    _end(summary)


def _over(opened: Opening, data: Path | None, act: Callable[[Demos], Awaitable[T]]) -> T:
    async def run() -> T:
        async with opened(data) as demos:
            return await act(demos)

    with _explained():
        return waited(run())


@contextmanager
def _explained() -> Generator[None]:
    try:
        yield
    except (JourneyMissing, Misconfigured) as problem:
        _refuse(str(problem))
    except AnotherShop:
        _refuse(
            "There is a demo shop of another seed in this database, whose customers have the same "
            "ids. Nothing was changed: load this one into an empty database, with --data."
        )
    except LeaseLost:
        _refuse(
            "A server on this database took the enrichment run over, perhaps without its source: "
            "stop it, run this again, then start it."
        )
    except OSError as problem:
        _refuse(unusable(problem))
    except KeyboardInterrupt:
        notes().print("Stopped. Run the same command again: it goes on where it was.")
        raise typer.Exit(130) from None


def _refuse(sentence: str) -> NoReturn:
    complain("Not loaded", sentence)
    raise typer.Exit(NOT_DONE)


def _tell(summary: Summary) -> None:
    counts = summary.counts
    head = ("created", "updated", "unchanged", "refused", "customers")
    figures = (counts.created, counts.updated, counts.unchanged, counts.refused, counts.rows)
    _show(head, figures)


def _end(summary: Summary) -> None:
    if refused := summary.counts.refused:
        complain(
            "Not complete",
            f"{refused:,} invented customers were refused. Somebody else in this database has "
            "their contacts: load the demo into an empty one.",
        )
        raise typer.Exit(SOME_REFUSED)


def _tell_run(run: EnrichmentRun) -> None:
    counts = run.counts
    head = ("matched", "missed", "refused for want of consent", "failed", "households")
    _show(head, (counts.matched, counts.missed, counts.refused, counts.failed, counts.total))


def _show(head: Sequence[str], figures: Sequence[int]) -> None:
    rows().print("\n".join(table(head, [f"{figure:,}" for figure in figures])))
