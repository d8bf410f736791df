"""Every example on every page: queries are sent, commands parsed, files read, quotes looked up."""

import csv
import io
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import aclosing
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from enrichment import configuration
from intake.mapping_file import read_mapping
from tests.docs import answers, commands
from tests.docs.conftest import Send
from tests.docs.pages import Block, Page, page, pages
from tests.house.code import ROOT

PAGES = {each.file: each for each in pages()}
WITH_QUERIES = [
    file
    for file, each in PAGES.items()
    if any(block.language == "graphql" for block in each.blocks)
]
CHECKED = {"graphql", "json", "sh", "toml", "csv", "python", "make", "ts", "text", "http"}
FOLDERS = {path.name for path in ROOT.iterdir() if path.is_dir()} - {".rapport"}
PATH = re.compile(r"([\w.]+)/[\w./-]*(::\w+)?")


def after(blocks: list[Block], place: int) -> tuple[Block | None, Block | None]:
    """The variables and the answer that follow a query, where they do."""
    rest = blocks[place + 1 :]
    variables = rest.pop(0) if rest and rest[0].words == ("variables",) else None
    answer = rest[0] if rest and rest[0].language == "json" and not rest[0].words else None
    return variables, answer


@pytest.mark.parametrize("file", WITH_QUERIES)
@pytest.mark.usefixtures("stock")
async def test_a_query_is_answered_as_the_page_tells(send: Send, file: str):
    told = answers.Told()
    blocks = PAGES[file].blocks
    found: list[str] = []
    for place, block in enumerate(blocks):
        if block.language != "graphql":
            continue
        variables, answer = after(blocks, place)
        given = await send(
            told.real(block.text),
            json.loads(told.real(variables.text)) if variables else None,
            block.word("as") or "admin",
        )
        found += [f"{block.where}: {each}" for each in wrong(told, answer, given)]
    assert found == []


def wrong(told: answers.Told, answer: Block | None, given: dict[str, Any]) -> Iterator[str]:
    """Where the answer is not the one that is told; without one, that it is a failure."""
    if answer is None:
        yield from (problem["message"] for problem in given.get("errors", ()))
        yield from answers.failures(given.get("data"))
        return
    expected = json.loads(answer.text)
    if "errors" not in expected:
        yield from (problem["message"] for problem in given.get("errors", ()))
    for name, value in expected.items():
        yield from told.differences(value, comparable(name, value, given.get(name)), name)


def comparable(name: str, told: Any, given: Any) -> Any:
    """Of top-level errors and extensions a page tells what it speaks of."""
    if name == "errors" and isinstance(given, list):
        return [
            {key: value for key, value in problem.items() if key in expected}
            for problem, expected in zip_longest(given, told, fillvalue={})
        ]
    if name == "extensions" and isinstance(given, dict):
        return {key: value for key, value in given.items() if key in told}
    return given


@pytest.mark.parametrize("file", PAGES)
def test_a_command_is_there_with_its_options(file: str):
    found = [
        f"{block.where}: {problem}"
        for block in PAGES[file].blocks
        if block.language == "sh"
        for command in commands.commands(block.text)
        for problem in commands.problems(command)
    ]
    assert found == []


@pytest.mark.parametrize("file", PAGES)
def test_a_command_named_in_a_sentence_is_there(file: str):
    named = [code for code in PAGES[file].code if code.startswith(("rapport ", "make "))]
    found = [
        f"{code}: {problem}"
        for code in named
        for command in commands.commands(code.partition("…")[0])
        for problem in commands.problems(command, whole=False)
    ]
    assert found == []


def test_a_command_marked_to_be_run_runs(tmp_path):
    shim = tmp_path / "rapport"
    shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m api "$@"\n')
    shim.chmod(0o755)
    for each in PAGES.values():
        for block in each.blocks:
            if block.language == "sh" and "run" in block.words:
                ran = subprocess.run(  # noqa: S603 - written by us, on a page that says so
                    ["/bin/sh", "-euc", block.text],
                    cwd=ROOT,
                    env={"PATH": f"{tmp_path}:/usr/bin:/bin", "COLUMNS": "100"},
                    capture_output=True,
                    check=False,
                )
                assert ran.returncode == 0, f"{block.where}: {ran.stderr.decode()}"


@pytest.mark.parametrize("file", PAGES)
def test_a_file_that_is_shown_can_be_read(file: str):
    for block in PAGES[file].blocks:
        if block.language == "json":
            json.loads(block.text)
        elif block.language == "toml":
            tomllib.loads(block.text)
        elif block.language == "csv":
            rows = list(csv.reader(io.StringIO(block.text), strict=True))
            assert len({len(row) for row in rows}) == 1, block.where


@pytest.mark.parametrize("file", PAGES)
async def test_a_configuration_that_is_shown_is_taken(file: str, tmp_path: Path):
    tables = iter([block.text for block in PAGES[file].blocks if block.language == "csv"])
    for block in PAGES[file].blocks:
        shown = tomllib.loads(block.text) if block.language == "toml" else {}
        place = tmp_path / "shown.toml"
        place.write_text(block.text)
        if "customer" in shown:
            read_mapping(place)
        for source in shown.get("source", ()):
            (tmp_path / source["file"]).parent.mkdir(exist_ok=True)
            (tmp_path / source["file"]).write_text(next(tables))
            async with aclosing(configuration.load(place)) as sources:
                await sources.check()


@pytest.mark.parametrize("file", PAGES)
def test_code_that_is_quoted_stands_in_the_file_it_is_quoted_from(file: str):
    found = [
        f"{block.where}: not in {block.word('file')}: {line}"
        for block in PAGES[file].blocks
        if block.language in {"python", "make"}
        for line in unquoted(block)
    ]
    assert found == []


def unquoted(block: Block) -> Iterator[str]:
    """Lines that do not follow each other in the file; a line of dots leaves something out."""
    source = block.word("file")
    if source is None:
        yield "name the file with file=…"
        return
    text = (ROOT / source).read_text()
    at = 0
    for piece in block.text.replace("    ...\n", "...\n").split("...\n"):
        place = text.find(piece, at)
        if place < 0:
            yield next((line for line in piece.splitlines() if line not in text), piece)
            return
        at = place + len(piece)


@pytest.mark.parametrize("file", PAGES)
def test_no_block_is_of_a_kind_that_nobody_checks(file: str):
    odd = [block.where for block in PAGES[file].blocks if block.language not in CHECKED]
    assert odd == []


@pytest.mark.parametrize("file", PAGES)
def test_a_link_leads_somewhere(file: str):
    found = [link for link in PAGES[file].links if not leads(PAGES[file], link)]
    assert found == []


@pytest.mark.parametrize("file", PAGES)
def test_a_file_or_test_named_in_a_sentence_is_there(file: str):
    paths = [
        code for code in PAGES[file].code if (found := PATH.fullmatch(code)) and found[1] in FOLDERS
    ]
    assert [path for path in paths if not stands(path)] == []


def stands(code: str) -> bool:
    """Whether this path, or ``path::name`` of something in it, is in the repository."""
    path, _, name = code.partition("::")
    place = ROOT / path
    return place.exists() and (not name or re.search(rf"\b{name}\b", place.read_text()) is not None)


def leads(on: Page, link: str) -> bool:
    if link.startswith(("https://", "mailto:")):
        return True
    path, _, anchor = link.partition("#")
    target = (ROOT / on.file).parent / path if path else ROOT / on.file
    if not target.exists():
        return False
    return not anchor or anchor in page(target.resolve().relative_to(ROOT).as_posix()).anchors
