"""Which server is found, and what is said about it."""

import pytest

from mongo.fitness import DatabaseUnfit
from mongo.server import discover
from mongo.server.discover import find
from mongo.server.kinds import SERVERS, Home, command


@pytest.fixture
def bin_of(tmp_path, monkeypatch):
    """A machine with nothing on it, on which programs can be put."""
    directory = tmp_path / "bin"
    directory.mkdir()
    monkeypatch.setenv("PATH", f"{directory}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(discover.sysconfig, "get_path", lambda _: str(tmp_path / "scripts"))

    def put(name: str, says: str = "", at=directory):
        at.mkdir(parents=True, exist_ok=True)
        program = at / name
        program.write_text(f"#!/bin/sh\necho '{says}'\n")
        program.chmod(0o755)
        return program

    return put


def test_on_a_bare_machine_the_ways_out_are_told(bin_of, tmp_path):
    with pytest.raises(DatabaseUnfit, match=r"RAPPORT_MONGODB_URL .* `make server`"):
        find(tmp_path)


def test_the_best_server_is_taken(bin_of, tmp_path):
    for name in ("secantusd-py", "secantusd-rs", "mongod"):
        program = bin_of(name, "db version v8.0.4")
        found = find(tmp_path)
        assert (found.server.program, found.program) == (name, program)
        assert found.server.good_for in found.notice


@pytest.mark.parametrize("says", ["db version v7.0.14", "who knows"])
def test_an_old_mongod_is_passed_over(bin_of, tmp_path, says):
    bin_of("mongod", says)
    bin_of("secantusd-py")
    assert find(tmp_path).server.kind == "wheel"


def test_a_mongod_that_cannot_run_is_passed_over(bin_of, tmp_path):
    bin_of("mongod").write_text("#!/nonexistent\n")
    with pytest.raises(DatabaseUnfit):
        find(tmp_path)


def test_what_make_server_built_is_found(bin_of, tmp_path):
    program = bin_of("secantusd-rs", at=tmp_path / "cache/rapport/secantusd/bin")
    assert find(tmp_path).program == program


def test_the_server_that_wrote_the_data_is_kept(bin_of, tmp_path):
    bin_of("secantusd-rs")
    bin_of("secantusd-py")
    home = Home.of(tmp_path, "wheel")
    home.root.mkdir(parents=True)
    home.password.touch()
    found = find(tmp_path)
    assert found.server.kind == "wheel"
    assert "secantusd-rs is here too" in found.notice


def test_data_without_its_server_is_not_replaced_by_an_empty_shop(bin_of, tmp_path):
    bin_of("secantusd-py")
    home = Home.of(tmp_path, "rust")
    home.root.mkdir(parents=True)
    home.password.touch()
    with pytest.raises(DatabaseUnfit, match="written by secantusd-rs"):
        find(tmp_path)


@pytest.mark.parametrize("kind", [server.kind for server in SERVERS])
def test_every_server_is_kept_to_this_machine_and_durable(kind, tmp_path):
    words = command(kind, tmp_path / "p", Home(tmp_path), port=1, locked=True)
    assert "127.0.0.1" in words
    assert "--auth" in words
    assert ("--sync-on-commit" in words) == (kind != "mongod")
    open_words = command(kind, tmp_path / "p", Home(tmp_path), port=1, locked=False)
    assert "--auth" not in open_words


def test_mongod_opens_no_socket_beside_its_port_and_logs_no_command(tmp_path):
    words = command("mongod", tmp_path / "p", Home(tmp_path), port=1, locked=True)
    assert "--nounixsocket" in words
    assert int(words[words.index("--slowms") + 1]) > 3_600_000
