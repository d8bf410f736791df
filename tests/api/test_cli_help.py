"""The help of every command and group, as a terminal of 80 columns shows it."""

from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from api.cli import main
from api.settings import Settings
from tests.docs import commands


def every(command: Any, *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from every(below, *path, name)


COMMANDS = dict(every(typer.main.get_command(main)))
WITH_DATA = [path for path, each in COMMANDS.items() if not hasattr(each, "commands")]


@pytest.fixture
def shown(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    return lambda path: CliRunner().invoke(main, [*path, "--help"]).stdout


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_it_has_an_example_that_can_be_copied(shown, path):
    lines = [line.strip().removeprefix("Example: ") for line in shown(path).splitlines()]
    examples = [line for line in lines if line.startswith(("rapport ", "TOKEN=$(rapport "))]
    assert any(line.split()[1 : len(path) + 1] == list(path) for line in examples)
    problems = [
        p for each in examples for c in commands.commands(each) for p in commands.problems(c)
    ]
    assert problems == []


@pytest.mark.parametrize("path", [path for path in WITH_DATA if path != ("schema",)], ids=" ".join)
def test_it_takes_the_data_directory_and_says_the_usual_one(shown, path):
    text = " ".join(shown(path).replace("│", " ").split())
    assert "--data <path> The data directory; by default RAPPORT_DATA, else .rapport." in text


def test_the_usual_address_is_said(shown):
    usual = Settings.model_fields
    text = " ".join(shown(("serve",)).replace("│", " ").split())
    assert f"by default RAPPORT_HOST, else {usual['host'].default}." in text
    assert f"by default RAPPORT_PORT, else {usual['port'].default}." in text
    assert str(usual["data"].default) == ".rapport"


# typer's own
THEIRS = {"--help", "--install-completion", "--show-completion"}


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_a_flag_is_not_shown_with_a_value(shown, path):
    lines = [line.split() for line in shown(path).splitlines() if "<bool>" in line]
    assert {word for line in lines for word in line if word.startswith("--")} <= THEIRS
