"""The command `rapport`: serves the API, and does what is done beside a running server.

Here, and in what is imported here, stand only the words and options of the commands: whoever asks
for help or completes a word does not wait for the API. Each command imports what it does.
"""

from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from api import cli_access_log, cli_demo, cli_import, cli_keys, cli_stopping
from api.cli_terminal import Data, flag, waited
from api.loading import without_collecting

if TYPE_CHECKING:
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
_VERSION: Final = "Print the version and exit."

main = typer.Typer(
    name="rapport",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
)


def _version(asked: bool) -> None:
    if asked:
        from importlib import metadata

        typer.echo(f"rapport {metadata.version('rapport-crm')}")
        raise typer.Exit


@main.callback(help=_HELP)
def group(
    *,
    version: Annotated[bool, flag("--version", _VERSION, is_eager=True, callback=_version)] = False,
) -> None:
    """What is said before a command."""


@main.command(help=_SERVE)
def serve(
    data: Data = None,
    host: Annotated[str | None, typer.Option(help=_HOST)] = None,
    port: Annotated[int | None, typer.Option(help=_PORT, min=0, max=65535)] = None,
    demo: Annotated[bool, flag("--demo", _FILL)] = False,
) -> None:
    with cli_stopping.heard():
        with without_collecting():
            from api import cli_serve

        cli_serve.serve(data, host=host, port=port, demo=demo)


@main.command(help=_MIGRATE)
def migrate(data: Data = None) -> None:
    with without_collecting():
        from api import cli_opened

    waited(cli_opened.migrate(data))


@main.command(help=_SCHEMA)
def schema() -> None:
    with without_collecting():
        from api.schema import SCHEMA

    typer.echo(SCHEMA.as_str())


def _key_ring(data: Path | None) -> AbstractAsyncContextManager["KeyRing"]:
    with without_collecting():
        from api import cli_opened

    return cli_opened.key_ring(data)


def _importing(data: Path | None) -> AbstractAsyncContextManager["Importing"]:
    with without_collecting():
        from api import cli_opened

    return cli_opened.importing(data)


def _demos(data: Path | None) -> AbstractAsyncContextManager["Demos"]:
    with without_collecting():
        from api import cli_opened

    return cli_opened.demos(data)


def _trail(data: Path | None) -> AbstractAsyncContextManager["AccessTrail"]:
    with without_collecting():
        from api import cli_opened

    return cli_opened.trail(data)


def _now() -> datetime:
    from api import outside

    return outside.now()


main.command("access-log", help=cli_access_log.HELP)(cli_access_log.command(_trail))
main.add_typer(cli_keys.application(_key_ring, _now))
main.add_typer(cli_import.application(_importing))
main.add_typer(cli_demo.application(_demos))
