"""The command `rapport`: serves the API, and does what is done beside a running server."""

from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer
import uvloop
from pydantic import ValidationError
from rich.console import Console

from api import app, asgi, cli_demo, cli_import, cli_keys, logs, serving
from api.schema import SCHEMA
from api.settings import Settings
from domain import access
from domain.key_ring import KeyRing
from intake.demos import Demos
from intake.importing import Importing

main = typer.Typer(
    name="rapport",
    help="A headless CRM for e-commerce: one GraphQL API over MongoDB.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
)
_notes = Console(stderr=True, highlight=False)

_DEMO: Final = "demo"
_GREETING: Final = """This key is shown once; it opens demo data only. Look customers up:

  curl -s {url}/graphql \\
    -H "Authorization: Bearer {key}" -H "Content-Type: application/json" \\
    -d '{{"query": "{{ customers(first: 3) {{ nodes {{ displayName loyalty {{ points }} }} }} }}"}}'

Or open {url}/graphql in a browser. Ctrl-C stops everything."""
_NO_KEY: Final = (
    "There were customers already, so no demo key is made. Where you have none: "
    "rapport keys create --label desk --role admin"
)

Data = Annotated[Path | None, typer.Option(help="The data directory; .rapport by default.")]


def settings_for(data: Path | None = None, **more: object) -> Settings:
    """The environment's settings, with what the command line says instead."""
    given = {"data": data, **more}
    chosen = {name: value for name, value in given.items() if value is not None}
    try:
        return Settings.model_validate({**Settings().model_dump(exclude_unset=True), **chosen})
    except ValidationError as problem:
        for each in problem.errors(include_input=False, include_url=False):
            name = "_".join(map(str, each["loc"])).upper()
            _notes.print(f"[red]RAPPORT_{name}[/]: {each['msg']}")
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
    _notes.print(f"[red]Rapport cannot start:[/] {sentence}")
    raise typer.Exit(1)


@main.command()
def serve(
    data: Data = None,
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on.")] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Fill an empty database with the demo shop first.")
    ] = False,
) -> None:
    """Serve the API until Ctrl-C.

    Without RAPPORT_MONGODB_URL a database is started in the data directory and stopped with it.

    Example: rapport serve --port 8080 --data /var/lib/rapport
    """
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
                if key is not None:
                    typer.echo(f"demo key: {key}")
                    typer.echo(_GREETING.format(url=url, key=key))
                elif demo:
                    _notes.print(_NO_KEY)

            async with asgi.working(running.services):
                await serving.serve(running.app, on=port, ready=ready)


async def _demo_key(running: app.Running) -> str | None:
    """A key with every scope where this start filled an empty database, else None.

    Whatever else the database holds is not for a key that nobody asked for.
    """
    if not running.planted:
        return None
    issued = await running.keys.create(_DEMO, frozenset(access.SCOPES))
    return issued.token


@main.command()
def migrate(data: Data = None) -> None:
    """Bring the database up to this version; `rapport serve` does it by itself.

    Example: rapport migrate
    """
    run(lambda: _migrate(settings_for(data)))


async def _migrate(settings: Settings) -> None:
    async with app.opened(settings) as running:
        ran = ", ".join(map(str, running.migrations)) or "none: it was up to date"
        typer.echo(f"migrations run: {ran}")


@main.command()
def schema() -> None:
    """Print the published GraphQL schema.

    Example: rapport schema > schema.graphql
    """
    typer.echo(SCHEMA.as_str())


@asynccontextmanager
async def _opened(data: Path | None) -> AsyncGenerator[app.Running]:
    try:
        async with app.opened(settings_for(data)) as running:
            yield running
    except app.CannotStart as problem:
        _stop(str(problem))


@asynccontextmanager
async def _key_ring(data: Path | None) -> AsyncGenerator[KeyRing]:
    async with _opened(data) as running:
        yield running.keys


@asynccontextmanager
async def _importing(data: Path | None) -> AsyncGenerator[Importing]:
    async with _at_work(data) as running:
        yield running.importing


@asynccontextmanager
async def _demos(data: Path | None) -> AsyncGenerator[Demos]:
    async with _at_work(data) as running:
        yield running.demos


@asynccontextmanager
async def _at_work(data: Path | None) -> AsyncGenerator[app.Running]:
    """For what takes long and goes on where it was when it is run again."""
    try:
        async with app.opened(settings_for(data)) as running:
            yield running
    except app.CannotStart as problem:
        sentence = str(problem)
    except app.LOST:
        sentence = (
            "the database went away, or was too busy. What was done until then is kept: "
            "run the same command again, it goes on where it was."
        )
    else:
        return
    _notes.print(f"[red]Not done:[/] {sentence}")
    raise typer.Exit(cli_import.NOT_DONE)


main.add_typer(cli_keys.application(_key_ring, app.now))
main.add_typer(cli_import.application(_importing))
main.add_typer(cli_demo.application(_demos))

if __name__ == "__main__":
    main()
