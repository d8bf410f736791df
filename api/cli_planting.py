"""`rapport demo` at work: invented customers to try things on, never anybody real."""

from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn, TypeVar

import typer

from api.cli_demo import Opening
from api.cli_progress import stages
from api.cli_terminal import NOT_DONE, SOME_REFUSED, complain, notes, rows, table, unusable, waited
from domain.work import Stale, Taken
from enrichment.records import EnrichmentRun
from enrichment.sources import Misconfigured
from enrichment.sweeping import LeaseLost
from intake import demo_shop
from intake.demos import AnotherShop, Demos, ShopLoaded
from intake.importing import Summary
from intake.journey import Journey, JourneyMissing, located
from intake.taking import ImportRunning

T = TypeVar("T")


def shop(opened: Opening, data: Path | None, seed: int) -> None:
    """Loads the demo shop."""
    with stages(demo_shop.PEOPLE) as stage:
        loaded = _over(opened, data, lambda demos: demos.shop(seed=seed, seen=stage("customers")))
    _tell(loaded.summary)
    if loaded.summary.counts.unchanged:
        notes().print(_kept(loaded))
    _end(loaded.summary)


def _kept(loaded: ShopLoaded) -> str:
    """What a shop that was there already has kept, and what was missing beside it."""
    people = "Who was there already is as they were"
    said = [
        f"{people}. The partner's file was missing and is written anew."
        if loaded.wrote
        else f"{people}, and so is the partner's file."
    ]
    if loaded.enlisted:
        said.append("Its entry in sources.toml was missing and is added.")
    return " ".join(said)


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
    except (ImportRunning, Stale, Taken):
        _refuse(
            "Somebody else loads a demo into this database, or changes its customers, at the same "
            "time: let that finish, then run this again."
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
