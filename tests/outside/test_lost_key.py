"""The demo key is shown once; a later start says in one line how to get another."""

import shlex
import subprocess
import uuid

import pytest
from pymongo import MongoClient

from tests.outside.conftest import client
from tests.outside.process import ROOT, environment, serving


@pytest.fixture
def own(server, tmp_path):
    """The environment of a server over a database of its own, in which there is nothing yet."""
    name = f"rapport_lost_{uuid.uuid4().hex[:12]}"
    yield environment(
        mongodb_url=server.url, database=name, secret="0f" * 32, data=str(tmp_path / "data")
    )
    with MongoClient(server.url) as mongo:
        mongo.drop_database(name)


async def test_the_command_that_a_second_start_prints_makes_a_key_for_it(own, tmp_path):
    with serving(own, tmp_path / "first.log", "--demo") as first:
        assert first.process.stdout.readline().startswith("demo key: rap_")
    with serving(own, tmp_path / "second.log", "--demo") as second:
        said = second.process.stdout.readline()
        assert said.startswith("no key is shown twice; this makes another: ")
        words = shlex.split(said.partition("another: ")[2])
        greeting = [second.process.stdout.readline() for _ in range(7)]
        assert f"curl -s {second.url}/graphql" in greeting[2]
        assert greeting[3].startswith('    -H "Authorization: Bearer KEY"')
        assert greeting[6].startswith(f"Or open {second.url}/graphql in a browser.")
        made = subprocess.run(words, env=own, cwd=ROOT, text=True, capture_output=True, check=True)  # noqa: S603, ASYNC221 - ours, and nothing else goes on
        ask = client(second, made.stdout.strip())
        found = await ask("{ customers(first: 1) { nodes { displayName } } }")
        assert len(found["customers"]["nodes"]) == 1
