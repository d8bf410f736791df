"""`rapport serve` at work: the port, then the database, then a greeting that can be pasted."""

import asyncio
import json
import shlex
import shutil
import sys
from pathlib import Path
from typing import Final

import typer
import uvloop

from api import app, asgi, cli_stopping, logs, serving
from api.cli_opened import settings_for
from api.cli_terminal import NOT_STARTED, complain, own_name, say
from api.execution.documents import Documents
from api.outside import new_id
from api.settings import Settings
from api.trusted import trusted
from domain import access

_NO_START: Final = "Rapport cannot start"
_KEY: Final = "demo"
_ONCE: Final = "This key is shown once; it opens demo data only. Look customers up:"
_NO_KEY: Final = """no key is shown twice; this makes another: {command}
Look customers up with what it prints in place of KEY:"""
_QUERY: Final = "{ customers(first: 3) { nodes { displayName loyalty { points } } } }"
_GREETING: Final = """
  curl -s {url}/graphql \\
    -H "Authorization: Bearer {key}" -H "Content-Type: application/json" \\
    -d {body}

Or open {url}/graphql in a browser. Ctrl-C stops everything. Other commands: {rapport} --help"""


def serve(data: Path | None, *, host: str | None, port: int | None, demo: bool) -> None:
    """Serves until it is stopped."""
    settings = settings_for(data, host=host, port=port)
    logs.configure(settings.log_level)
    run(settings, demo=demo)


def run(settings: Settings, *, demo: bool) -> None:
    """The same; what keeps it from starting is one sentence and exit code 1."""
    try:
        uvloop.run(_serve(settings, demo=demo))
    except app.CannotStart as problem:
        complain(_NO_START, str(problem))
        raise typer.Exit(NOT_STARTED) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    except asyncio.CancelledError:
        say(cli_stopping.SENTENCE)
        raise typer.Exit(cli_stopping.STOPPED) from None


async def _serve(settings: Settings, *, demo: bool) -> None:
    serving.give_up_on_sigterm()
    with serving.listening(settings.host, settings.port) as port:
        schema, documents = trusted(settings)
        async with app.opened(settings, serving=True, demo=demo) as running:

            async def ready(url: str) -> None:
                # made only now that somebody can use it: it is never shown again
                key = await demo_key(running) if demo else None
                typer.echo(f"ready: {url}/graphql")
                if documents.trusted:
                    typer.echo(trusts(documents, settings))
                if demo:
                    typer.echo(greeting(url, key, settings, documents))

            answering = asgi.application(
                running.services,
                running.keys,
                schema.audited_by(running.auditor),
                documents,
                ping=running.ping,
                ids=new_id,
            )
            async with asgi.working(running.services, app.alongside):
                await serving.serve(answering, on=port, ready=ready)


async def demo_key(running: app.Running) -> str | None:
    """A key with every scope where this start filled an empty database, else None.

    Whatever else the database holds is not for a key that nobody asked for.
    """
    if not running.planted:
        return None
    issued = await running.keys.create(_KEY, frozenset(access.SCOPES))
    return issued.token


def greeting(url: str, key: str | None, settings: Settings, documents: Documents) -> str:
    """What to do first; without a key also how to get one."""
    no_key = _NO_KEY.format(command=another_key(settings))
    head = no_key if key is None else f"demo key: {key}\n{_ONCE}"
    asked = {"documentId": documents.trusted[0]} if settings.only_trusted else {"query": _QUERY}
    body = shlex.quote(json.dumps(asked, ensure_ascii=False))
    first = _GREETING.format(url=url, key=key or "KEY", body=body, rapport=typed_here())
    return f"{head}\n{first}"


def trusts(documents: Documents, settings: Settings) -> str:
    """What is known of a manifest, for who starts the server."""
    number = len(documents.trusted)
    alone = "; nothing else is executed" if settings.only_trusted else ""
    return f"manifest: {number:,} operation{'' if number == 1 else 's'}{alone}"


def typed_here() -> str:
    """What somebody types for `rapport` in the shell that this process was started from."""
    return own_name(sys.argv[0], shutil.which("rapport"), sys.executable)


def another_key(settings: Settings) -> str:
    """The command that makes a key for the same database, to be pasted as it is."""
    own = settings.mongodb_url is None
    place = f" --data {shlex.quote(str(settings.data))}" if own else ""
    return f"{typed_here()} keys create --label desk --role admin{place}"
