"""`rapport keys`: makes, lists and revokes API keys."""

import json
import re
import sys
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final, NoReturn, TypeVar

import typer

from api import cli_key_list
from api.cli_terminal import Data, Json, complain, notes, rows, waited
from domain import access
from domain.errors import Expected, invalid
from domain.ids import KeyId
from domain.key_ring import KeyRing
from domain.keys import ApiKey, Issued
from domain.ports import Clock

T = TypeVar("T")
REFUSED: Final = 2
NOT_SHOWN: Final = 1

_HELP: Final = """
API keys: made once, shown once, revoked within five seconds.

Example: rapport keys create --label "web shop" --role storefront
"""
_CREATE: Final = """
Makes a key and prints its token, once, alone on standard output.

What it may do is its role, its scopes, or both together: name one at least. The guide for \
operators has all of them in a table.

Examples:

  rapport keys create --label "web shop" --role storefront

  rapport keys create --label nightly --scopes customers:read --expires 90d

  TOKEN=$(rapport keys create --label "till 3" --role support)
"""
_LIST: Final = """
Lists every key, the newest first; tokens cannot be shown again.

What a key may do is shown as its role, and what it may do beyond that.

Examples:

  rapport keys list

  rapport keys list --json --data /var/lib/rapport
"""
_REVOKE: Final = """
Ends a key for good; every process stops taking it within five seconds.

Example: rapport keys revoke key_01jd5x3q0zfwbs5m2w8k3n7t4c
"""
_EXPIRES: Final = (
    "Days, hours or weeks (90d, 12h, 2w), or a last day (2027-01-31, UTC); by default never."
)
_ROLE: Final = f"One of {', '.join(access.ROLES)}; may be given again."
_SCOPES: Final = (
    "Scopes, with commas; may be given again. A wrong one is answered with the list of all."
)
_UNITS: Final = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


Opening = Callable[[Path | None], AbstractAsyncContextManager[KeyRing]]
"""Opens the keys of a data directory (None: the one of the settings)."""


def application(opened: Opening, clock: Clock) -> typer.Typer:
    """The sub-application, over the keys that ``opened`` opens."""
    keys = typer.Typer(name="keys", help=_HELP, no_args_is_help=True)

    def on_the_ring(data: Path | None, act: Callable[[KeyRing], Awaitable[T]]) -> T:
        async def run() -> T:
            async with opened(data) as ring:
                return await act(ring)

        with _explained():
            return waited(run())

    @keys.command(help=_CREATE)
    def create(
        label: Annotated[str, typer.Option(help="What the key is for; never a person's name.")],
        role: Annotated[
            list[str] | None, typer.Option(help=_ROLE, autocompletion=roles, show_default=False)
        ] = None,
        scopes: Annotated[
            list[str] | None, typer.Option(help=_SCOPES, autocompletion=scoping, show_default=False)
        ] = None,
        expires: Annotated[str | None, typer.Option(help=_EXPIRES)] = None,
        data: Data = None,
    ) -> None:
        with _explained():
            wanted = access.granted(roles=role or (), names=_separated(scopes or ()))
            until = None if expires is None else expiry(expires, clock())
        require_output()
        on_the_ring(data, _making(label, wanted, until))

    @keys.command("list", help=_LIST)
    def list_(*, json: Json = False, data: Data = None) -> None:
        found = on_the_ring(data, lambda ring: ring.every())
        if json:
            typer.echo(_json(cli_key_list.records(found, clock())))
        elif not found:
            notes().print("There is no key yet: make one with `rapport keys create --help`.")
        else:
            out = rows()
            width = out.width if out.is_terminal else None
            out.print("\n".join(cli_key_list.lines(found, clock(), width)))

    @keys.command(help=_REVOKE)
    def revoke(
        key_id: Annotated[str, typer.Argument(help="The id, as `rapport keys list` shows it.")],
        data: Data = None,
    ) -> None:
        key = on_the_ring(data, lambda ring: ring.revoke(KeyId(key_id)))
        notes().print(f"Revoked {key.id}: no process takes it after five seconds.")

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
        complain("Refused", str(problem))
        raise typer.Exit(REFUSED) from None


def require_output() -> None:
    """Makes no key whose token would be lost."""
    if sys.stdout is None:
        complain("Refused", "Standard output is closed, and the token is shown only there.")
        raise typer.Exit(REFUSED)


def _making(
    label: str, scopes: frozenset[str], until: datetime | None
) -> Callable[[KeyRing], Awaitable[None]]:
    async def make(ring: KeyRing) -> None:
        # before the database is closed, which takes its time: a key that is made is told
        _hand_over(await ring.create(label, scopes, until))

    return make


def _hand_over(issued: Issued) -> None:
    try:
        typer.echo(issued.token)
    except OSError as problem:
        _lost(issued.key, problem)
    # the token is out: that nobody reads the rest is no failure
    with suppress(OSError):
        _describe(issued.key)


def _lost(key: ApiKey, problem: OSError) -> NoReturn:
    complain(
        "Not shown",
        f"The token could not be written ({problem.strerror}), and nobody can show it again: "
        f"`rapport keys revoke {key.id}`, then make another.",
    )
    raise typer.Exit(NOT_SHOWN)


def _describe(key: ApiKey) -> None:
    until = "for ever" if key.expires_at is None else f"until {key.expires_at:%Y-%m-%d %H:%M} UTC"
    notes().print(f"{key.id} ({cli_key_list.power(key.scopes)}) is good {until}.")
    notes().print("This is the only time its token is shown: keep it where secrets are kept.")


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
