"""A start: the port first, then the database; a key only for a demo that this start planted."""

import asyncio
import gc
import os
import shlex
import signal
import socket
import uuid

import pytest
import typer
from pydantic import SecretStr
from pymongo import MongoClient

from api import app, cli_serve, serving
from api.settings import Settings
from domain.customer import CreateCustomer
from mongo import meta
from mongo.access_log import MongoAccessLog
from mongo.database import Database
from tests.docs import commands
from tests.enrichment.people import person


@pytest.fixture
def settings(server, tmp_path):
    name = f"rapport_start_{uuid.uuid4().hex[:12]}"
    yield Settings(
        mongodb_url=SecretStr(server.url),
        database=name,
        secret=SecretStr("0f" * 32),
        data=tmp_path,
        port=0,
    )
    with MongoClient(server.url) as client:
        client.drop_database(name)


def test_a_port_that_is_taken_stops_the_start_before_a_database_is_opened(tmp_path, capsys):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        data = tmp_path / "data"
        with pytest.raises(typer.Exit) as stopped:
            cli_serve.run(Settings(port=port, data=data), demo=True)
    assert stopped.value.exit_code == 1
    assert not data.exists()
    said = " ".join(capsys.readouterr().err.split())
    assert f"Port {port} on 127.0.0.1 is taken: stop what listens there" in said


def test_a_port_belongs_to_who_came_first_before_anything_is_served():
    with serving.listening("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(app.CannotStart, match="is taken"), serving.listening("127.0.0.1", port):
            pass


def test_an_address_of_another_machine_is_said():
    with (
        pytest.raises(app.CannotStart, match="cannot listen where"),
        serving.listening("192.0.2.1", 0),
    ):
        pass


async def test_only_the_start_that_planted_the_demo_makes_a_key(settings):
    async with app.opened(settings, serving=True, demo=True) as running:
        assert running.planted
        token = await cli_serve.demo_key(running)
        assert (await running.keys.caller(token)).label == "demo"
    async with app.opened(settings, serving=True, demo=True) as running:
        assert await cli_serve.demo_key(running) is None


async def test_of_two_starts_on_one_empty_database_one_makes_a_key(database):
    async with asyncio.TaskGroup() as group:
        claims = [group.create_task(meta.claim(database, "demo")) for _ in range(5)]
    assert sorted(claim.result() for claim in claims) == [False, False, False, False, True]


async def test_the_access_log_is_whole_before_the_database_closes(settings, monkeypatch):
    closed = []

    def noting(kind):
        before = kind.close

        async def noted(self):
            closed.append(kind)
            await before(self)

        monkeypatch.setattr(kind, "close", noted)

    noting(MongoAccessLog)
    noting(Database)
    async with app.opened(settings, serving=True):
        pass
    assert closed == [MongoAccessLog, Database]


async def test_what_a_cancelled_request_commits_is_over_before_the_database_closes(
    settings, monkeypatch
):
    left = []
    before = Database.close

    async def noted(self):
        left.extend(task for task in asyncio.all_tasks() if task.get_name() == "gathered")
        await before(self)

    monkeypatch.setattr(Database, "close", noted)
    async with app.opened(settings) as running:
        changes = [CreateCustomer(person(number)) for number in range(2)]
        commit = asyncio.create_task(running.services.work.commit(changes))
        await asyncio.sleep(0)
        commit.cancel()
    assert commit.cancelled()
    assert left == []


async def test_a_wrong_secret_is_refused_before_anything_is_changed(settings, monkeypatch):
    async with app.opened(settings):
        pass

    async def changed(*_):
        raise AssertionError("the database was changed under a wrong secret")

    monkeypatch.setattr(app, "prepare", changed)
    wrong = settings.model_copy(update={"secret": SecretStr("0e" * 32)})
    with pytest.raises(app.CannotStart, match="made with another secret"):
        async with app.opened(wrong):
            pass


def test_the_command_for_another_key_names_the_database_that_is_meant(settings):
    own = Settings(data=settings.data / "my shop")
    command = cli_serve.another_key(own)
    assert shlex.split(command)[-2:] == ["--data", str(own.data)]
    words = shlex.split(command)
    typed = commands.Command(("rapport", *words[words.index("keys") :]), ())
    assert list(commands.problems(typed)) == []
    assert "--data" not in cli_serve.another_key(settings)


@pytest.fixture
def usual_garbage():
    """What a server sets for its process is not for the tests that follow."""
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


@pytest.mark.usefixtures("usual_garbage")
async def test_nothing_stays_frozen_when_it_has_stopped():
    async def stop(url):
        os.kill(os.getpid(), signal.SIGTERM)

    async def app(scope, receive, send):
        raise AssertionError("nobody asks")

    with serving.listening("127.0.0.1", 0) as port:
        await serving.serve(app, on=port, ready=stop)
    assert gc.get_freeze_count() == 0
