"""Who asks what there is to type waits for nothing that only the commands need."""

import gc
import subprocess
import sys

import pytest

from api.loading import without_collecting
from tests.api.test_cli_help import COMMANDS
from tests.house.code import ROOT, configuration
from tests.outside.process import environment

ANSWERING = {"strawberry", "graphql", "starlette", "uvicorn"}
HEAVY = {"strawberry", "duckdb", "motor", "pymongo", "phonenumbers", "structlog", "uvicorn"}
CODE = """
import atexit, gc, sys
sys.argv[0] = "rapport"
from api.__main__ import run
atexit.register(lambda: print({}, file=sys.stderr))
run()
"""


def ended(left, *words, **more):
    """What it printed, and what was ``left`` of it at its end."""
    line = [sys.executable, "-c", CODE.format(left), *words]
    env = {**environment(), **more}
    done = subprocess.run(line, cwd=ROOT, env=env, text=True, capture_output=True, check=True)  # noqa: S603 - ours
    return done.stdout, done.stderr


def asked(*words, **more):
    """What it prints, and the packages that it loaded for it."""
    text, modules = ended("*sys.modules", *words, **more)
    return text, {name.partition(".")[0] for name in modules.split()}


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_loads_none_of_the_api(path):
    text, loaded = asked(*path, "--help")
    assert "Usage:" in text
    assert loaded & HEAVY == set()


def test_the_version_is_that_of_the_installed_distribution_and_loads_none_of_the_api():
    text, loaded = asked("--version")
    assert text == f"rapport {configuration()['project']['version']}\n"
    assert loaded & HEAVY == set()


@pytest.mark.parametrize(
    ("line", "word"), [("rapport ke", "keys"), ("rapport keys create --role ad", "admin")]
)
def test_completing_a_word_loads_none_of_the_api(line, word):
    count = str(len(line.split()) - 1)
    shell = {"_RAPPORT_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": count}
    text, loaded = asked(**shell)
    assert word in text.split()
    assert loaded & HEAVY == set()


def test_what_a_command_does_is_loaded_when_it_runs():
    text, loaded = asked("schema")
    assert "type Query" in text
    assert "strawberry" in loaded


def test_no_garbage_is_looked_for_while_a_command_is_loaded():
    _, collections = ended("sum(each['collections'] for each in gc.get_stats())", "schema")
    assert int(collections) < 100


def test_what_was_loaded_is_never_looked_through_and_what_comes_after_is():
    with without_collecting():
        assert not gc.isenabled()
    assert gc.isenabled()
    assert gc.get_freeze_count()
    gc.unfreeze()


def loaded_by(module):
    """The packages that importing it loads."""
    code = f"import {module}, sys; print(*sys.modules)"
    found = subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True)  # noqa: S603 - ours
    return {name.partition(".")[0] for name in found.split()}


def test_what_works_on_the_database_loads_nothing_that_answers_over_http():
    loaded = loaded_by("api.cli_opened")
    assert "motor" in loaded
    assert loaded & (ANSWERING | {"duckdb"}) == set()


def test_a_server_loads_nothing_that_only_some_demos_and_sources_need():
    loaded = loaded_by("api.cli_serve")
    assert loaded >= ANSWERING
    assert "duckdb" not in loaded
