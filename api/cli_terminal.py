"""How the commands speak: rows on standard output, sentences beside it, nothing ever cut off."""

import shlex
import sys
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape


def flag(name: str, sentence: str, **more: Any) -> Any:
    """An option that takes no value, and is not shown as if it took a bool."""
    return typer.Option(name, help=sentence, metavar="", **more)


Data = Annotated[
    Path | None, typer.Option(help="The data directory; by default RAPPORT_DATA, else .rapport.")
]
Json = Annotated[bool, flag("--json", "Print JSON, for programs.")]

NOT_STARTED: Final = 1
SOME_REFUSED: Final = 1
NOT_DONE: Final = 2

T = TypeVar("T")
_GAP: Final = "  "


def notes() -> Console:
    """Standard error. Lines are not broken: what is to be pasted stays in one piece."""
    return Console(stderr=True, soft_wrap=True, highlight=False)


def say(sentence: str) -> None:
    """On standard error, above a progress bar where there is one."""
    # a bar takes over this stream, not those that consoles open themselves
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


def complain(what: str, sentence: str) -> None:
    """What went wrong, in one line whose beginning says how far it got."""
    notes().print(f"[red]{what}:[/] {escape(sentence)}")


def unusable(problem: OSError) -> str:
    """What the system says of a file, with its name where it is about one."""
    why = problem.strerror or type(problem).__name__
    return f"{why}." if problem.filename is None else f"{problem.filename}: {why}."


def rows() -> Console:
    """Standard output, where neither a narrow window nor a pipe costs a letter."""
    return Console(soft_wrap=True, highlight=False, markup=False, emoji=False)


def table(*lines: Sequence[str]) -> list[str]:
    """The rows with their columns one below the other, as wide as they have to be."""
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    return [
        _GAP.join(
            cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        for line in lines
    ]


def waited(work: Coroutine[Any, Any, T]) -> T:
    """What it comes to, run to its end."""
    # what has to be waited for loads more than this
    import uvloop

    return uvloop.run(work)


def iso(at: datetime) -> str:
    """A moment for programs: ISO 8601 in UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def own_name(called: str, found: str | None, python: str) -> str:
    """What to type for `rapport`, here.

    ``called`` is how this process was called and ``found`` what the shell would find by the name.
    """
    if Path(called).name != "rapport":
        return f"{shlex.quote(python)} -m api"
    if found is not None and Path(found).resolve() == Path(called).resolve():
        return "rapport"
    return shlex.quote(called)
