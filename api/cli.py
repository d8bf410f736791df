"""The command `rapport`."""

from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console

from api import app, logs, serving
from api.settings import Settings

main = typer.Typer(
    name="rapport",
    help="A headless CRM for e-commerce: one GraphQL API over MongoDB.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
_console = Console(highlight=False)

Data = Annotated[Path | None, typer.Option(help="The data directory; .rapport by default.")]


def settings_for(data: Path | None = None, **more: object) -> Settings:
    """The environment's settings, with what the command line says instead."""
    given = {"data": data, **more}
    return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]  # checked by pydantic


@main.command()
def serve(
    data: Data = None,
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on.")] = None,
) -> None:
    """Serves the API until Ctrl-C.

    Example: rapport serve --port 8080
    """
    logs.configure()
    uvloop.run(_serve(settings_for(data, host=host, port=port)))


async def _serve(settings: Settings) -> None:
    async with app.opened(settings) as running:

        def ready(url: str) -> None:
            _console.print(f"ready: {url}/graphql")

        await serving.serve(running.app, host=settings.host, port=settings.port, ready=ready)
