"""The command `rapport`: serves the API, and does what is done beside a running server."""

import shlex
import shutil
import sys
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer
import uvloop
from pydantic import ValidationError
from rich.markup import escape

from api import app, cli_access_log, cli_demo, cli_import, cli_keys, logs, serving
from api.cli_terminal import Data, complain, notes, own_name
from api.data_directory import is_begun
from api.schema import SCHEMA
from api.settings import Settings
from domain import access
from domain.access_trail import AccessTrail
from domain.key_ring import KeyRing
from intake.demos import Demos
from intake.importing import Importing

_HELP: Final = """
A headless CRM for e-commerce: one GraphQL API over MongoDB.

Commands find the database of a running server by themselves, by its data directory.

Examples:

  rapport serve --demo

  rapport keys create --label "web shop" --role storefront
"""
_SERVE: Final = """
Serves the API until Ctrl-C.

Without RAPPORT_MONGODB_URL a database is started in the data directory and stopped with it.

Example: rapport serve --port 8080 --data /var/lib/rapport
"""
_MIGRATE: Final = """
Brings the database up to this version, or begins one; `rapport serve` does both by itself.

Example: rapport migrate --data /var/lib/rapport
"""
_SCHEMA: Final = """
Prints the published GraphQL schema.

Example: rapport schema > schema.graphql
"""
_HOST: Final = "The address to listen on; by default RAPPORT_HOST, else 127.0.0.1."
_PORT: Final = "The port to listen on, 0 for any that is free; by default RAPPORT_PORT, else 8000."
_FILL: Final = "Fill an empty database with the demo shop first, and print a key for it."
_KEY: Final = "demo"
_ONCE: Final = "This key is shown once; it opens demo data only. Look customers up:"
_NO_KEY: Final = """no key is shown twice; this makes another: {command}
Look customers up with what it prints in place of KEY:"""
_GREETING: Final = """
  curl -s {url}/graphql \\
    -H "Authorization: Bearer {key}" -H "Content-Type: application/json" \\
    -d '{{"query": "{{ customers(first: 3) {{ nodes {{ displayName loyalty {{ points }} }} }} }}"}}'

Or open {url}/graphql in a browser. Ctrl-C stops everything. Other commands: {rapport} --help"""

NOT_STARTED: Final = 1
_NO_START: Final = "Rapport cannot start"
_LOST: Final = (
    "the database went away, or was too busy. What was done until then is kept: run the same "
    "command again, it goes on where it was."
)

main = typer.Typer(
    name="rapport",
    help=_HELP,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
)


def settings_for(data: Path | None = None, **more: object) -> Settings:
    """The environment's settings, with what the command line says instead."""
    given = {"data": data, **more}
    chosen = {name: value for name, value in given.items() if value is not None}
    try:
        return Settings.model_validate({**Settings().model_dump(exclude_unset=True), **chosen})
    except ValidationError as problem:
        for each in problem.errors(include_input=False, include_url=False):
            name = "_".join(map(str, each["loc"])).upper()
            said = each["msg"].removeprefix("Value error, ").removesuffix(".")
            complain(f"RAPPORT_{name}", f"{said}.")
        raise typer.Exit(2) from None


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Runs it to its end; what keeps it from starting is one sentence and exit code 1."""
    try:
        uvloop.run(work())
    except app.CannotStart as problem:
        _stop(str(problem))
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def _stop(sentence: str) -> NoReturn:
    complain(_NO_START, sentence)
    raise typer.Exit(NOT_STARTED)


@main.command(help=_SERVE)
def serve(
    data: Data = None,
    host: Annotated[str | None, typer.Option(help=_HOST)] = None,
    port: Annotated[int | None, typer.Option(help=_PORT, min=0, max=65535)] = None,
    demo: Annotated[bool, typer.Option("--demo", help=_FILL)] = False,
) -> None:
    settings = settings_for(data, host=host, port=port)
    logs.configure(settings.log_level)
    run(lambda: _serve(settings, demo=demo))


async def _serve(settings: Settings, *, demo: bool) -> None:
    with serving.listening(settings.host, settings.port) as port:
        async with app.opened(settings, serving=True, demo=demo) as running:

            async def ready(url: str) -> None:
                # made only now that somebody can use it: it is never shown again
                key = await _demo_key(running) if demo else None
                typer.echo(f"ready: {url}/graphql")
                if demo:
                    typer.echo(greeting(url, key, settings))

            async with running.working():
                await serving.serve(running.app, on=port, ready=ready)


async def _demo_key(running: app.Running) -> str | None:
    """A key with every scope where this start filled an empty database, else None.

    Whatever else the database holds is not for a key that nobody asked for.
    """
    if not running.planted:
        return None
    issued = await running.keys.create(_KEY, frozenset(access.SCOPES))
    return issued.token


def greeting(url: str, key: str | None, settings: Settings) -> str:
    """What to do first; without a key also how to get one."""
    no_key = _NO_KEY.format(command=another_key(settings))
    head = no_key if key is None else f"demo key: {key}\n{_ONCE}"
    return f"{head}\n{_GREETING.format(url=url, key=key or 'KEY', rapport=typed_here())}"


def typed_here() -> str:
    """What somebody types for `rapport` in the shell that this process was started from."""
    return own_name(sys.argv[0], shutil.which("rapport"), sys.executable)


def another_key(settings: Settings) -> str:
    """The command that makes a key for the same database, to be pasted as it is."""
    own = settings.mongodb_url is None
    place = f" --data {shlex.quote(str(settings.data))}" if own else ""
    return f"{typed_here()} keys create --label desk --role admin{place}"


@main.command(help=_MIGRATE)
def migrate(data: Data = None) -> None:
    run(lambda: _migrate(data))


async def _migrate(data: Path | None) -> None:
    async with _beside(data, begin=True, failed=NOT_STARTED) as running:
        ran = ", ".join(map(str, running.migrations)) or "none: it was up to date"
        typer.echo(f"migrations run: {ran}")


@main.command(help=_SCHEMA)
def schema() -> None:
    typer.echo(SCHEMA.as_str())


@asynccontextmanager
async def _key_ring(data: Path | None) -> AsyncGenerator[KeyRing]:
    async with _beside(data, failed=NOT_STARTED) as running:
        yield running.keys


@asynccontextmanager
async def _importing(data: Path | None) -> AsyncGenerator[Importing]:
    async with _beside(data, failed=cli_import.NOT_DONE) as running:
        yield running.importing


@asynccontextmanager
async def _demos(data: Path | None) -> AsyncGenerator[Demos]:
    async with _beside(data, begin=True, failed=cli_import.NOT_DONE) as running:
        yield running.demos


@asynccontextmanager
async def _trail(data: Path | None) -> AsyncGenerator[AccessTrail]:
    async with _beside(data, failed=NOT_STARTED) as running:
        yield running.trail


@asynccontextmanager
async def _beside(
    data: Path | None, *, failed: int, begin: bool = False
) -> AsyncGenerator[app.Running]:
    """For what is done beside a running server, and can be done again where it was stopped.

    Only what fills or prepares a database may ``begin`` one: a key, or customers, in a new one are
    not where the running server looks.
    """
    settings = settings_for(data)
    new = settings.mongodb_url is None and not is_begun(settings.data)
    try:
        async with app.opened(settings, begin=begin) as running:
            if new:  # who meant another one sees it here
                place = escape(str(settings.data.absolute()))
                notes().print(f"There was no database in {place}: a new one is begun.")
            yield running
    except app.CannotStart as problem:
        complain(_NO_START, str(problem))
        raise typer.Exit(failed) from None
    except app.LOST:
        complain("Not done", _LOST)
        raise typer.Exit(failed) from None


main.command("access-log", help=cli_access_log.HELP)(cli_access_log.command(_trail))
main.add_typer(cli_keys.application(_key_ring, app.now))
main.add_typer(cli_import.application(_importing))
main.add_typer(cli_demo.application(_demos))
