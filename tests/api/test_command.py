"""`rapport` as a process: what it says, where, and how it ends."""

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from api.__main__ import run
from tests.outside.process import ROOT, environment

CREATE = ("keys", "create", "--label", "desk", "--role", "admin")
IMPORT = ("import", "customers", "{folder}/people.csv")
PLAIN = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def started(*words, **more):
    line = [sys.executable, "-m", "api", *map(str, words)]
    given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
    return subprocess.Popen(  # noqa: S603 - ours
        line, cwd=ROOT, text=True, **{"env": environment(), **given}
    )


def ended(*words, **more):
    process = started(*words, **more)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def test_a_locale_without_our_letters_spells_them():
    code, out, err = ended("demo", "journey", "--help", env={**environment(), **PLAIN})
    assert (code, err) == (0, "")
    assert "84.51\\xb0" in out


class Loading(ModuleType):
    """A module whose loading somebody interrupts."""

    def __getattr__(self, name):
        raise KeyboardInterrupt


def test_ctrl_c_while_it_is_still_loading_is_quiet(monkeypatch):
    monkeypatch.setitem(sys.modules, "api.cli", Loading("api.cli"))
    with pytest.raises(SystemExit) as ended_by:
        run()
    assert ended_by.value.code == 130


def test_whoever_reads_may_stop_reading():
    reading, writing = os.pipe()
    process = started("schema", stdout=writing)
    os.close(writing)
    os.close(reading)
    _, err = process.communicate(timeout=60)
    assert err == ""


@pytest.mark.parametrize(
    ("words", "code", "begun", "sentence"),
    [
        (("serve", "--data", "{file}"), 1, "Rapport cannot start: ", "a file is in the way"),
        (("keys", "list", "--data", "{nothing}"), 1, "Not done: ", "There is no database in"),
        (("access-log", "--data", "{nothing}"), 1, "Not done: ", "There is no database in"),
        ((*CREATE, "--data", "{nothing}"), 1, "Not done: ", "There is no database in"),
        ((*IMPORT, "--data", "{nothing}"), 2, "Not imported: ", "There is no database in"),
        (
            (*IMPORT, "--write", "--data", "{nothing}"),
            2,
            "Not imported: ",
            "There is no database in",
        ),
        (("migrate", "--data", "{file}"), 1, "Not migrated: ", "a file is in the way"),
        (("import", "customers", "{nothing}"), 2, "", "does not exist"),
        (("import", "customers", "{folder}"), 2, "", "is a directory"),
        (("demo", "shop", "--data", "{file}"), 2, "Not loaded: ", "a file is in the way"),
    ],
)
def test_what_cannot_be_done_is_told_and_nothing_is_made(tmp_path, words, code, begun, sentence):
    (tmp_path / "file").touch()
    (tmp_path / "people.csv").write_text("First Name,Email\nAnna,anna@example.com\n")
    places = {"file": tmp_path / "file", "folder": tmp_path, "nothing": tmp_path / "nothing"}
    given, out, err = ended(*(word.format(**places) for word in words))
    assert (given, out) == (code, "")
    assert sentence in " ".join(err.replace("│", " ").split())
    assert err.startswith(begun)
    assert "Traceback" not in err
    assert not places["nothing"].exists()


def test_what_prepares_a_database_begins_one_and_says_where(tmp_path):
    place = ("--data", tmp_path / "shop")
    code, _, err = ended("migrate", *place)
    assert (code, err) == (0, f"There was no database in {tmp_path}/shop: a new one is begun.\n")
    code, out, err = ended(*CREATE, *place)
    assert (code, out[:4]) == (0, "rap_")
    assert "a new one" not in err
    assert ended("access-log", *place) == (0, "", "No entry of the access log fits.\n")


def test_a_disk_that_is_full_is_told():
    with Path("/dev/full").open("w") as full:
        code, _, err = ended("schema", stdout=full)
    assert (code, err) == (1, "Not done: No space left on device.\n")
