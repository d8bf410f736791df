"""What commands work on: the settings, and the database of a running server or of none."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import typer
from pydantic import ValidationError
from rich.markup import escape

from api import app, outages
from api.cli_terminal import NOT_DONE, NOT_STARTED, complain, notes, say
from api.data_directory import is_begun
from api.settings import Settings
from domain.access_trail import AccessTrail
from domain.key_ring import KeyRing
from intake.demos import Demos
from intake.importing import Importing

_NOT_DONE: Final = "Not done"
_LOST: Final = (
    "the database went away, or was too busy. What was done until then is kept: run the same "
    "command again, it goes on where it was."
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


async def migrate(data: Path | None) -> None:
    """Brings the database up to date and says what that took."""
    async with _beside(data, "Not migrated", begin=True, failed=NOT_STARTED) as running:
        ran = ", ".join(map(str, running.migrations)) or "none: it was up to date"
        typer.echo(f"migrations run: {ran}")


@asynccontextmanager
async def key_ring(data: Path | None) -> AsyncGenerator[KeyRing]:
    async with _beside(data, failed=NOT_STARTED) as running:
        yield running.keys


@asynccontextmanager
async def importing(data: Path | None) -> AsyncGenerator[Importing]:
    async with _beside(data, "Not imported", failed=NOT_DONE) as running:
        yield running.importing


@asynccontextmanager
async def demos(data: Path | None) -> AsyncGenerator[Demos]:
    async with _beside(data, "Not loaded", begin=True, failed=NOT_DONE) as running:
        yield running.demos


@asynccontextmanager
async def trail(data: Path | None) -> AsyncGenerator[AccessTrail]:
    async with _beside(data, failed=NOT_STARTED) as running:
        yield running.trail


@asynccontextmanager
async def _beside(
    data: Path | None, undone: str = _NOT_DONE, *, failed: int, begin: bool = False
) -> AsyncGenerator[app.Running]:
    """For what is done beside a running server, and can be done again where it was stopped.

    Only what fills or prepares a database may ``begin`` one: a key, or customers, in a new one are
    not where the running server looks. ``undone`` says how far a command came that could not begin.
    """
    settings = settings_for(data)
    new = settings.mongodb_url is None and not is_begun(settings.data)
    try:
        async with app.opened(settings, begin=begin) as running:
            if new:  # who meant another one sees it here
                place = escape(str(settings.data.absolute()))
                notes().print(f"There was no database in {place}: a new one is begun.")
            async with app.alongside(outages.watch(running.ping, app.LOST, say)):
                yield running
    except app.CannotStart as problem:
        complain(undone, str(problem))
        raise typer.Exit(failed) from None
    except app.LOST:
        complain("Not finished", _LOST)
        raise typer.Exit(failed) from None
