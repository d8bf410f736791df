"""`rapport keys`: makes, lists and revokes API keys."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final, TypeVar

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from domain import access
from domain.errors import Expected, invalid
from domain.ids import KeyId
from domain.key_ring import KeyRing
from domain.keys import ApiKey, KeyState
from domain.ports import Clock

T = TypeVar("T")
Opening = Callable[[Path | None], AbstractAsyncContextManager[KeyRing]]
"""Opens the keys of a data directory (None: the one of the settings)."""

_HELP: Final = "API keys: made once, shown once, revoked within five seconds."
_CREATE: Final = """
Makes a key and prints its token, once, alone on standard output.

Examples:

  rapport keys create --label "web shop" --role storefront

  rapport keys create --label "nightly export" --scopes customers:read,bulk:run --expires 90d

  TOKEN=$(rapport keys create --label "till 3" --role support --expires 2027-01-31)
"""
_LIST: Final = """
Lists every key, the newest first; tokens cannot be shown again.

Example: rapport keys list
"""
_REVOKE: Final = """
Ends a key for good; every process stops taking it within five seconds.

Example: rapport keys revoke key_01jd5x3q0zfwbs5m2w8k3n7t4c
"""
_EXPIRES: Final = "Days, hours or weeks (90d, 12h, 2w), or a last day (2027-01-31, UTC)."
_UNITS: Final = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_STATES: Final = {KeyState.ACTIVE: "green", KeyState.EXPIRED: "yellow", KeyState.REVOKED: "red"}

Data = Annotated[Path | None, typer.Option(help="The data directory; .rapport by default.")]


def application(opened: Opening, clock: Clock) -> typer.Typer:
    """The sub-application, over the keys that ``opened`` opens."""
    keys = typer.Typer(name="keys", help=_HELP, no_args_is_help=True)

    def on_the_ring(data: Path | None, act: Callable[[KeyRing], Awaitable[T]]) -> T:
        async def run() -> T:
            async with opened(data) as ring:
                return await act(ring)

        with _explained():
            return asyncio.run(run())

    @keys.command(help=_CREATE)
    def create(
        label: Annotated[str, typer.Option(help="What the key is for; never a person's name.")],
        role: Annotated[
            list[str] | None,
            typer.Option(help="A named set of scopes; may be given again.", autocompletion=roles),
        ] = None,
        scopes: Annotated[
            list[str] | None,
            typer.Option(help="Scopes, with commas; may be given again.", autocompletion=scoping),
        ] = None,
        expires: Annotated[str | None, typer.Option(help=_EXPIRES)] = None,
        data: Data = None,
    ) -> None:
        with _explained():
            wanted = access.granted(roles=role or (), names=_separated(scopes or ()))
            until = None if expires is None else expiry(expires, clock())
        issued = on_the_ring(data, lambda ring: ring.create(label, wanted, until))
        _describe(issued.key)
        typer.echo(issued.token)

    @keys.command("list", help=_LIST)
    def list_(data: Data = None) -> None:
        found = on_the_ring(data, lambda ring: ring.every())
        if not found:
            _notes().print("There is no key yet: make one with `rapport keys create --help`.")
        else:
            Console().print(_table(found, clock()))

    @keys.command(help=_REVOKE)
    def revoke(
        key_id: Annotated[str, typer.Argument(help="The id, as `rapport keys list` shows it.")],
        data: Data = None,
    ) -> None:
        key = on_the_ring(data, lambda ring: ring.revoke(KeyId(key_id)))
        _notes().print(f"Revoked {key.id}: no process takes it after five seconds.")

    return keys


def expiry(text: str, now: datetime) -> datetime:
    """When the key stops working: after a time from now, or at the end of a day in UTC.

    Raises Invalid.
    """
    span = re.fullmatch(r"(\d{1,5})([hdw])", text.strip())
    if span is not None:
        return now + int(span[1]) * _UNITS[span[2]]
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        message = "Write the expiry like 90d, 12h or 2w, or as a last day like 2027-01-31."
        raise invalid(("expires",), "EXPIRY_INVALID", message) from None
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)


def roles(incomplete: str) -> list[tuple[str, str]]:
    """Completions of a role, each with what it may do."""
    return [
        (name, ", ".join(sorted(held)))
        for name, held in access.ROLES.items()
        if name.startswith(incomplete)
    ]


def scoping(incomplete: str) -> list[tuple[str, str]]:
    """Completions of the last of several scopes, each with its sentence."""
    before, comma, begun = incomplete.rpartition(",")
    return [
        (f"{before}{comma}{name}", sentence)
        for name, sentence in access.SCOPES.items()
        if name.startswith(begun) and name not in before.split(",")
    ]


def _separated(given: Sequence[str]) -> list[str]:
    return [name for each in given for name in re.split(r"[,\s]+", each) if name]


@contextmanager
def _explained() -> Generator[None]:
    try:
        yield
    except Expected as problem:
        _notes().print(f"[red]Refused:[/red] {escape(str(problem))}", highlight=False)
        raise typer.Exit(2) from None


def _describe(key: ApiKey) -> None:
    until = "for ever" if key.expires_at is None else f"until {key.expires_at:%Y-%m-%d %H:%M} UTC"
    notes = _notes()
    notes.print(f"{key.id} ({_power(key)}) is good {until}.", highlight=False)
    notes.print("This is the only time its token is shown: keep it where secrets are kept.")


def _table(found: Sequence[ApiKey], now: datetime) -> Table:
    table = Table()
    table.add_column("id", no_wrap=True, min_width=30)  # to be pasted into `revoke`
    for name in ("label", "state", "may", "made", "expires", "last used"):
        table.add_column(name)
    for key in found:
        state = key.state(now)
        shown = f"[{_STATES[state]}]{state.value}[/]"
        days = (_day(key.created_at), _day(key.expires_at), _day(key.last_used_at))
        table.add_row(key.id, escape(key.label), shown, _power(key), *days)
    return table


def _power(key: ApiKey) -> str:
    """The role, where the scopes are exactly those of one."""
    named = next((name for name, held in access.ROLES.items() if held == key.scopes), None)
    return named or ", ".join(sorted(key.scopes))


def _day(at: datetime | None) -> str:
    return "-" if at is None else f"{at:%Y-%m-%d}"


def _notes() -> Console:
    return Console(stderr=True, soft_wrap=True)
