"""`rapport import` at work: rows of a file become customers, in one run or in several."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final, NoReturn

import typer
from rich.markup import escape

from api.cli_import import Asked, Opening
from api.cli_progress import stages
from api.cli_terminal import NOT_DONE, SOME_REFUSED, complain, notes, rows, table, unusable, waited
from domain.actor import Actor, ActorKind
from intake import report
from intake.files import CustomerFile
from intake.importing import Run, Summary
from intake.lines import UnreadableFile
from intake.progress import Counts, Outcome
from intake.shopify_evidence import UNKNOWN_WORDING
from intake.taking import ImportRunning

IMPORTER: Final = Actor(ActorKind.IMPORT, None, "import")
_STOPPED: Final = 130
_MOST_TOLD: Final = 10


def bring(opened: Opening, data: Path | None, asked: Asked) -> NoReturn:
    """Imports the file as it was asked, and ends with the exit code of that."""
    with _explained(written=asked.write):
        report.require_place(asked.report, asked.file, asked.mapping, asked.wording)
        source = _source(asked)
        # what is wrong with the file or its mapping is said before any database is opened
        with source.opened():
            pass
        refusals = asked.record_refusals or source.dates_refusals
        run = Run(IMPORTER, write=asked.write, refusals=refusals, restart=asked.restart)
        summary = waited(_imported(opened, data, source, run, asked.report))
    _tell(summary, asked.report, written=asked.write)
    raise typer.Exit(SOME_REFUSED if summary.counts.refused else 0)


def _source(asked: Asked) -> CustomerFile:
    return CustomerFile(
        asked.file,
        asked.format,
        asked.mapping,
        asked.encoding,
        asked.collected_at,
        asked.policy_version,
        asked.wording.read_text(encoding="utf-8") if asked.wording else UNKNOWN_WORDING,
    )


async def _imported(
    opened: Opening, data: Path | None, file: CustomerFile, run: Run, place: Path
) -> Summary:
    async with opened(data) as importing:
        begun = await importing.begun(file, run)
        with report.opened(place, after=begun.line) as written, stages(file.size) as stage:
            if begun.line:
                notes().print(f"Going on behind line {begun.line}, where an earlier run stopped.")
            heard, seen = stage("looking for refusals"), stage("importing")
            return await importing.run(file, replace(run, heard=heard, seen=seen), begun, written)


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


def _refuse(sentence: str) -> NoReturn:
    for line in sentence.splitlines():
        complain("Not imported", line)
    raise typer.Exit(NOT_DONE)


def _tell(summary: Summary, place: Path, *, written: bool) -> None:
    counts, said = summary.counts, notes()
    head = ("created", "updated", "unchanged", "refused", "rows")
    figures = (counts.created, counts.updated, counts.unchanged, counts.refused, counts.rows)
    rows().print("\n".join(table(head, [f"{figure:,}" for figure in figures])))
    if summary.earlier.rows:
        said.print(_of_an_earlier_run(summary.earlier))
    if summary.unread:
        said.print(f"Nothing was taken from the columns {escape(', '.join(summary.unread))}.")
    _tell_reasons(counts.refused, place)
    if not written:
        said.print("Nothing was written: say --write to keep it.")


def _of_an_earlier_run(counts: Counts) -> str:
    outcomes = (f"{getattr(counts, each):,} {each}" for each in Outcome if getattr(counts, each))
    were = "row was" if counts.rows == 1 else "rows were"
    return (
        f"Of these, {counts.rows:,} {were} done by an earlier run that was stopped: "
        f"{', '.join(outcomes)}."
    )


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
