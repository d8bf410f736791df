"""`rapport access-log`: who saw whose personal data, for people and to be handed over."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from api import cli_access_rows
from api.cli_import import moment
from api.cli_terminal import Data, notes, rows, waited
from domain import ids
from domain.access_log import AccessEntry
from domain.access_trail import AccessTrail, Sought, walked
from domain.ids import CustomerId, KeyId

Opening = Callable[[Path | None], AbstractAsyncContextManager[AccessTrail]]
"""Opens the access log of a data directory (None: the one of the settings)."""

HELP: Final = """
Lists who saw personal data of whom, the newest first.

Every answer that showed some is an entry: when, which key, which operation and request, whose \
data, of which categories. Entries hold ids and categories, no name, contact or other value, and \
reading them is no entry itself. With [bold]--customer[/] the ids of others are left out, so that \
the list can be given to that person.

Examples:

  rapport access-log --customer cus_01m80pk0v6err8ptz3hxx20dwd

  rapport access-log --key key_01jd5x3q0zfwbs5m2w8k3n7t4c --since 2026-05-01 --until 2026-05-31

  rapport access-log --customer cus_01m80pk0v6err8ptz3hxx20dwd --format csv > seen.csv
"""
_CUSTOMER: Final = "Only entries about this customer; also one who is not there any more."
_KEY: Final = "Only what this key saw; `rapport keys list` has the ids."
_SINCE: Final = "From this day or moment on, like 2026-05-01 or 2026-05-01T09:30+01:00 (else UTC)."
_UNTIL: Final = "Until the end of this day (UTC), or until this moment."
_BEFORE: Final = "Only entries older than this one: the next page, as the last line of one says."
_LIMIT: Final = "At most so many; by default 50 for the table, every one for jsonl and csv."
_FORMAT: Final = "A table for reading, jsonl or csv for handing over."
_SCREENFUL: Final = 50


class Format(StrEnum):
    """How entries are printed."""

    TABLE = "table"
    JSONL = "jsonl"
    CSV = "csv"


def _id_of(prefix: str, kind: str) -> Callable[[str], str]:
    def parsed(text: str) -> str:
        if ids.prefix_of(text) != prefix:
            message = f"The id of {kind} is {prefix}_ and 26 small letters and digits."
            raise typer.BadParameter(message)
        return text

    return parsed


def end(text: str) -> datetime:
    """The first moment after a day, or the moment itself. Raises BadParameter."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return moment(text)
    try:
        following = day + timedelta(days=1)
    except OverflowError:
        # there is no day after the last one, and no entry so late
        following = day
    return moment(following.isoformat())


_Customer = Annotated[
    str | None,
    typer.Option(help=_CUSTOMER, parser=_id_of(ids.CUSTOMER, "a customer"), metavar="<id>"),
]
_Key = Annotated[
    str | None, typer.Option(help=_KEY, parser=_id_of(ids.KEY, "a key"), metavar="<id>")
]
_Before = Annotated[
    str | None, typer.Option(help=_BEFORE, parser=_id_of(ids.ACCESS, "an entry"), metavar="<id>")
]
_Since = Annotated[datetime | None, typer.Option(help=_SINCE, parser=moment, metavar="<moment>")]
_Until = Annotated[datetime | None, typer.Option(help=_UNTIL, parser=end, metavar="<moment>")]


def command(opened: Opening) -> Callable[..., None]:
    """The command, over the log that ``opened`` opens."""

    def access_log(
        *,
        customer: _Customer = None,
        key: _Key = None,
        since: _Since = None,
        until: _Until = None,
        before: _Before = None,
        limit: Annotated[int | None, typer.Option(help=_LIMIT, min=1, show_default=False)] = None,
        format: Annotated[Format, typer.Option(help=_FORMAT)] = Format.TABLE,
        data: Data = None,
    ) -> None:
        if since is not None and until is not None and since >= until:
            message = "it is not before --until: change them over."
            raise typer.BadParameter(message, param_hint="--since")
        about = CustomerId(customer) if customer else None
        sought = Sought(about, KeyId(key) if key else None, since, until, before)
        most = _SCREENFUL if limit is None and format is Format.TABLE else limit

        async def told() -> None:
            async with opened(data) as trail:
                # one more than is shown tells whether there are older ones
                found = walked(trail, sought, most and most + 1)
                await _tell(_Shown(found, most), format, about)

        waited(told())

    return access_log


class _Shown:
    """The first ``most`` of the entries; ``last`` is where to go on, where more were found."""

    def __init__(self, found: AsyncIterator[AccessEntry], most: int | None) -> None:
        self._found, self._most = found, most
        self.count, self.last = 0, ""
        self.more = False

    async def __aiter__(self) -> AsyncIterator[AccessEntry]:
        async for entry in self._found:
            if self.count == self._most:
                self.more = True
                return
            self.count, self.last = self.count + 1, entry.id
            yield entry


async def _tell(shown: _Shown, format: Format, about: CustomerId | None) -> None:
    if format is Format.TABLE:
        _tell_table([entry async for entry in shown], about)
    else:
        await _hand_over(shown, format, about)
    if not shown.count:
        notes().print("No entry of the access log fits.")
    elif shown.more:
        notes().print(f"There are older ones: say the same with --before {shown.last}")


def _tell_table(found: Sequence[AccessEntry], about: CustomerId | None) -> None:
    out = rows()
    width = out.width if out.is_terminal else None
    if found:
        out.print("\n".join(cli_access_rows.lines(found, about, width)))


async def _hand_over(shown: _Shown, format: Format, about: CustomerId | None) -> None:
    if format is Format.CSV:
        typer.echo(cli_access_rows.HEAD)
    line = cli_access_rows.csv_line if format is Format.CSV else cli_access_rows.json_line
    async for entry in shown:
        typer.echo(line(entry, about))
