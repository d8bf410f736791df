"""`rapport import`: what can be said to it."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from api.cli_terminal import Data, flag
from intake.formats import FileFormat
from intake.shopify_evidence import UNKNOWN_VERSION

if TYPE_CHECKING:
    from intake.importing import Importing

Opening = Callable[[Path | None], AbstractAsyncContextManager["Importing"]]
"""Opens the database of a data directory (None: the one of the settings)."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One import as it was typed; ``report`` is where its report goes."""

    file: Path
    format: FileFormat
    mapping: Path | None
    encoding: str | None
    collected_at: datetime | None
    policy_version: str
    wording: Path | None
    report: Path
    write: bool
    record_refusals: bool
    restart: bool


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
        write: Annotated[bool, flag("--write", _WRITE)] = False,
        encoding: Annotated[str | None, typer.Option(help=_ENCODING)] = None,
        collected_at: Annotated[
            datetime | None, typer.Option(help=_COLLECTED, parser=moment, metavar="<moment>")
        ] = None,
        policy_version: Annotated[str, typer.Option(help=_VERSION)] = UNKNOWN_VERSION,
        wording: Annotated[
            Path | None, typer.Option(exists=True, dir_okay=False, help=_WORDING)
        ] = None,
        record_refusals: Annotated[bool, flag("--record-refusals", _REFUSALS)] = False,
        report_to: Annotated[Path | None, typer.Option("--report", help=_REPORT)] = None,
        restart: Annotated[bool, flag("--restart", _RESTART)] = False,
        data: Data = None,
    ) -> None:
        from api import cli_importing

        asked = Asked(
            file=file,
            format=format or _guessed(file, mapping),
            mapping=mapping,
            encoding=encoding,
            collected_at=collected_at,
            policy_version=policy_version,
            wording=wording,
            report=report_to or file.with_name(f"{file.stem}.report.csv"),
            write=write,
            record_refusals=record_refusals,
            restart=restart,
        )
        cli_importing.bring(opened, data, asked)

    return bring


def moment(text: str) -> datetime:
    """A day, or a moment; what names no zone is in UTC. Raises BadParameter."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        message = "Write a day like 2026-03-01, or a moment like 2026-03-01T09:30+01:00."
        raise typer.BadParameter(message) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _guessed(file: Path, mapping: Path | None) -> FileFormat:
    if file.suffix.lower() in {".jsonl", ".ndjson"}:
        return FileFormat.JSONL
    return FileFormat.CSV if mapping else FileFormat.SHOPIFY
