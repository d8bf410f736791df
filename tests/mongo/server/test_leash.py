"""A server ends when whoever held its leash is gone."""

import os
import signal
import sys
import threading
import time

import pytest

from mongo.server import leash
from tests.mongo.server.conftest import lives

STUBBORN = """
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1]).touch()
time.sleep(60)
"""


@pytest.fixture
def lifeline():
    """The end that the leash reads, and the end that we hold."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as read, os.fdopen(writing, "wb") as write:
        yield read, write


def test_the_server_is_asked_to_end_when_the_lifeline_is_cut(lifeline):
    read, write = lifeline
    said: list[int] = []
    threading.Timer(0.2, write.close).start()
    leash.run([sys.executable, "-c", "import time; time.sleep(60)"], read, said.append)
    pid, code = said
    assert code == -signal.SIGTERM
    assert not lives(pid)


def test_a_server_that_does_not_listen_is_killed(lifeline, monkeypatch, tmp_path):
    monkeypatch.setattr(leash, "PATIENCE", 0.2)
    read, write = lifeline
    said: list[int] = []
    deaf = tmp_path / "deaf"

    def cut():
        # on a busy machine the server takes its time until it no longer listens
        deadline = time.monotonic() + 30
        while not deaf.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        write.close()

    threading.Thread(target=cut).start()
    leash.run([sys.executable, "-c", STUBBORN, str(deaf)], read, said.append)
    assert said[1] == -signal.SIGKILL


def test_the_end_of_the_server_is_the_end_of_the_leash(lifeline):
    said: list[int] = []
    leash.run([sys.executable, "-c", "raise SystemExit(3)"], lifeline[0], said.append)
    assert said[1] == 3


def test_nobody_listening_to_the_leash_is_no_error(monkeypatch):
    def broken(*_, **__):
        raise BrokenPipeError

    monkeypatch.setattr("builtins.print", broken)
    leash.say(1)
