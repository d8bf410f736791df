"""`rapport import`: rows of a file become customers, in one run or in several."""

import asyncio
from collections.abc import Callable, Generator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from api.cli_terminal import Data, complain, notes, rows, table, unusable
from domain.actor import Actor, ActorKind
from intake import report
from intake.files import CustomerFile, FileFormat
from intake.importing import Importing, Run, Summary
from intake.lines import UnreadableFile
from intake.shopify import UNKNOWN_VERSION, UNKNOWN_WORDING
from intake.taking import ImportRunning

Opening = Callable[[Path | None], AbstractAsyncContextManager[Importing]]
"""Opens the database of a data directory (None: the one of the settings)."""

IMPORTER: Final = Actor(ActorKind.IMPORT, None, "import")
SOME_REFUSED: Final = 1
NOT_DONE: Final = 2
_STOPPED: Final = 130
_MOST_TOLD: Final = 10

_HELP: Final = """
Brings customers in from files of other systems.

Example: rapport import customers customers_export.csv
"""
_CUSTOMERS: Final = """
Imports customers from a Shopify export, or from any CSV or JSON Lines file with a mapping.

Nothing is written without [bold]--write[/]: look at the counts and the report first. A customer \
is found by external id, else by e-mail, else by phone; what a row leaves out is kept. \
Running a file twice changes nothing, and a run that was stopped goes on where it was.

A "yes" to marketing becomes a consent marked as imported where its evidence is given: for a \
Shopify export [bold]--collected-at[/], [bold]--policy-version[/] and [bold]--wording[/], for \
other files the mapping. Without it the consent is pending and allows nothing. A "no" ends one \
that was given before, and counts against every "yes" of the same file; a withdrawal or refusal \
that is known is never lifted by a file.

Exit codes: 0 every row is in; 1 some rows were refused, see the report; 2 nothing was done, or \
the run stopped before the end; 130 Ctrl-C.

Examples:

  rapport import customers customers_export.csv

  rapport import customers customers_export.csv --write

  rapport import customers export.csv --collected-at 2026-03-01 --write

  rapport import customers people.csv --mapping people.toml --write
"""
_FORMAT: Final = "What the file is; by default jsonl by its name, csv with --mapping, else shopify."
_MAPPING: Final = (
    "Which column is what (TOML), needed for csv and jsonl; see the guide for partners."
)
_WRITE: Final = "Write; without it everything is tried and nothing is kept."
_ENCODING: Final = "Of the file; by default its byte order mark decides, else UTF-8."
_COLLECTED: Final = (
    "When consents without a date of their own were given, like 2026-03-01 (UTC); by default "
    "nobody knows, and a yes allows nothing yet."
)
_VERSION: Final = "Of the privacy policy that people of a Shopify export agreed to."
_WORDING: Final = (
    "A text file with the words that people of a Shopify export agreed to; by default unknown."
)
_REFUSALS: Final = (
    "Record a no also of people who never said yes; so it is anyway where a mapping says when it "
    "was said."
)
_REPORT: Final = "Where the report goes; by default beside the file, as NAME.report.csv."
_RESTART: Final = "Begin at the first row, even where an earlier run was stopped."


def application(opened: Opening) -> typer.Typer:
    """The sub-application, over the database that ``opened`` opens."""
    bring = typer.Typer(name="import", help=_HELP, no_args_is_help=True, rich_markup_mode="rich")

    @bring.callback()
    def group() -> None:
        """Keeps `customers` a command of its own although it is the only one yet."""

    @bring.command(help=_CUSTOMERS)
    def customers(
        file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The file.")],
        *,
        format: Annotated[FileFormat | None, typer.Option(help=_FORMAT)] = None,
        mapping: Annotated[
            Path | None, typer.Option(exists=True, dir_okay=False, help=_MAPPING)
        ] = None,
        write: Annotated[bool, typer.Option("--write", help=_WRITE)] = False,
        encoding: Annotated[str | None, typer.Option(help=_ENCODING)] = None,
        collected_at: Annotated[
            datetime | None, typer.Option(help=_COLLECTED, parser=moment, metavar="<moment>")
        ] = None,
        policy_version: Annotated[str, typer.Option(help=_VERSION)] = UNKNOWN_VERSION,
        wording: Annotated[
            Path | None, typer.Option(exists=True, dir_okay=False, help=_WORDING)
        ] = None,
        record_refusals: Annotated[bool, typer.Option("--record-refusals", help=_REFUSALS)] = False,
        report_to: Annotated[Path | None, typer.Option("--report", help=_REPORT)] = None,
        restart: Annotated[bool, typer.Option("--restart", help=_RESTART)] = False,
        data: Data = None,
    ) -> None:
        place = report_to or file.with_name(f"{file.stem}.report.csv")
        with _explained(written=write):
            report.require_place(place, file, mapping, wording)
            source = CustomerFile(
                file,
                format or _guessed(file, mapping),
                mapping,
                encoding,
                collected_at,
                policy_version,
                wording.read_text(encoding="utf-8") if wording else UNKNOWN_WORDING,
            )
            # what is wrong with the file or its mapping is said before any database is opened
            with source.opened():
                pass
            refusals = record_refusals or source.dates_refusals
            run = Run(IMPORTER, write=write, refusals=refusals, restart=restart)
            summary = asyncio.run(_imported(opened, data, source, run, place))
        _tell(summary, place, written=write)
        raise typer.Exit(SOME_REFUSED if summary.counts.refused else 0)

    return bring


async def _imported(
    opened: Opening, data: Path | None, file: CustomerFile, run: Run, place: Path
) -> Summary:
    async with opened(data) as importing:
        begun = await importing.begun(file, run)
        with report.opened(place, after=begun.line) as written, _bar(file.size) as stage:
            if begun.line:
                notes().print(f"Going on behind line {begun.line}, where an earlier run stopped.")
            heard, seen = stage("looking for refusals"), stage("importing")
            return await importing.run(file, replace(run, heard=heard, seen=seen), begun, written)


@contextmanager
def _bar(size: int) -> Generator[Callable[[str], Callable[[int], None]]]:
    """Shows the stage that goes on: for the name of one, what to call with its bytes done."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    console = notes()
    with Progress(
        *(*columns, TimeRemainingColumn()),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:

        def stage(name: str) -> Callable[[int], None]:
            # a bar of its own: what is left to do is reckoned from its beginning
            task = bar.add_task(name, total=size, visible=False)

            def reached(done: int) -> None:
                for each in bar.task_ids:
                    bar.update(each, visible=each == task)
                bar.update(task, completed=done)

            return reached

        yield stage


@contextmanager
def _explained(*, written: bool) -> Generator[None]:
    try:
        yield
    except (UnreadableFile, report.NoPlace) as problem:
        _refuse(str(problem))
    except ImportRunning:
        _refuse("Another process is importing this file: let it finish, then run this again.")
    except UnicodeDecodeError:
        _refuse("The file of --wording is not text in UTF-8: save it so.")
    except OSError as problem:
        _refuse(unusable(problem))
    except KeyboardInterrupt:
        goes_on = "Run the same command again: it goes on where it was."
        notes().print(f"Stopped. {goes_on if written else 'Nothing was written.'}")
        raise typer.Exit(_STOPPED) from None


def moment(text: str) -> datetime:
    """A day, or a moment; what names no zone is in UTC. Raises BadParameter."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        message = "Write a day like 2026-03-01, or a moment like 2026-03-01T09:30+01:00."
        raise typer.BadParameter(message) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _refuse(sentence: str) -> NoReturn:
    for line in sentence.splitlines():
        complain("Not imported", line)
    raise typer.Exit(NOT_DONE)


def _guessed(file: Path, mapping: Path | None) -> FileFormat:
    if file.suffix.lower() in {".jsonl", ".ndjson"}:
        return FileFormat.JSONL
    return FileFormat.CSV if mapping else FileFormat.SHOPIFY


def _tell(summary: Summary, place: Path, *, written: bool) -> None:
    counts, said = summary.counts, notes()
    head = ("created", "updated", "unchanged", "refused", "rows")
    figures = (counts.created, counts.updated, counts.unchanged, counts.refused, counts.rows)
    rows().print("\n".join(table(head, [f"{figure:,}" for figure in figures])))
    if summary.unread:
        said.print(f"Nothing was taken from the columns {escape(', '.join(summary.unread))}.")
    _tell_reasons(counts.refused, place)
    if not written:
        said.print("Nothing was written: say --write to keep it.")


def _tell_reasons(refused: int, place: Path) -> None:
    """A report may have a line for every row: what they come to is told at once."""
    said, reasons = notes(), report.reasons(place)
    remarks = sum(each.lines for each in reasons if not each.refused)
    if reasons:
        told = f"{_number(refused, 'row')} refused, {_number(remarks, 'remark')}"
        said.print(f"{told}: {escape(str(place))}")
    for each in reasons[:_MOST_TOLD]:
        where = f" in {escape(each.column)}" if each.column else ""
        said.print(f"{each.lines:>9,} {each.code}{where}: {escape(each.message)}")
    if len(reasons) > _MOST_TOLD:
        said.print(f"          and {_number(len(reasons) - _MOST_TOLD, 'reason')} more")


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
