"""How mongod is run: shown with a stand-in that takes its flags, not yet with a real one."""

import sys

import pytest

from mongo.database import connect
from mongo.server.embedded import embedded
from mongo.server.kinds import Home
from tests.servers import executable

STAND_IN = """#!{python}
import os, sys
words = sys.argv[1:]
if words == ["--version"]:
    print("db version v8.0.4")
    raise SystemExit
with open({notes!r}, "a") as notes:
    print(*words, file=notes)
def value(flag):
    return words[words.index(flag) + 1]
flags = ["--host", value("--bind_ip"), "--port", value("--port"), "--config", {settings!r}]
flags += ["--storage-path", value("--dbpath"), "--log-level", "WARNING"]
flags += ["--auth"] * ("--auth" in words)
os.execv({program!r}, [{program!r}, *flags])
"""


@pytest.fixture
def driver():
    return "pymongo"


async def test_mongod_runs_as_a_replica_set_of_one_with_a_user_and_a_key(
    tmp_path, monkeypatch, log
):
    program = executable("rust")
    if program is None:
        pytest.skip("the stand-in needs secantusd-rs")
    notes, mongod = tmp_path / "notes", tmp_path / "bin" / "mongod"
    mongod.parent.mkdir()
    settings = tmp_path / "empty.toml"
    settings.touch()
    mongod.write_text(
        STAND_IN.format(
            python=sys.executable, notes=str(notes), program=str(program), settings=str(settings)
        )
    )
    mongod.chmod(0o755)
    monkeypatch.setenv("PATH", f"{mongod.parent}:/usr/bin:/bin")
    data = tmp_path / "data"
    async with embedded(data, log=log) as running:
        assert running.kind == "mongod"
        assert running.url.endswith("&replicaSet=rapport")
        await (
            await connect(running.url.replace("replicaSet=rapport", "replicaSet=secantus"))
        ).close()
    first, second = notes.read_text().splitlines()
    assert "--replSet rapport" in first
    assert "--auth" not in first
    assert f"--auth --keyFile {Home.of(data, 'mongod').key_file}" in second
