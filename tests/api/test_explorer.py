"""What a browser finds: an explorer that is held to what it may load, or words that do without."""

import base64
import hashlib
import html
import json
import re
import shlex

import pytest

from api.explorer.page import LOOK, QUERY, SCRIPTS, explorer
from tests.docs import commands
from tests.docs.pages import page

URL = "http://shop.example/graphql"
OTHERS = [LOOK, *SCRIPTS]


def shown(url=URL):
    return bytes(explorer(url).body).decode()


def policy():
    parts = explorer(URL).headers["content-security-policy"].split("; ")
    return {
        name: sources.split()
        for name, *rest in [part.split(" ", 1) for part in parts]
        for sources in rest
    }


def digest(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_nothing_runs_but_the_pages_own_script_and_the_files_it_names():
    [own] = re.findall(r"<script>(.*?)</script>", shown(), re.DOTALL)
    assert policy()["script-src"] == [digest(own), *(address for address, _ in SCRIPTS)]
    [style] = re.findall(r"<style>(.*?)</style>", shown(), re.DOTALL)
    assert policy()["style-src"] == [digest(style), LOOK[0]]
    assert policy()["default-src"] == ["'none'"]
    assert policy()["connect-src"] == ["'self'"]


@pytest.mark.parametrize(("address", "integrity"), OTHERS)
def test_a_file_of_others_is_pinned_by_version_and_digest(address, integrity):
    assert re.search(r"@\d+\.\d+\.\d+/", address)
    assert len(base64.b64decode(integrity.removeprefix("sha384-"))) == 48
    [tag] = [tag for tag in re.findall(r"<(?:link|script)[^>]*>", shown()) if address in tag]
    assert f'integrity="{integrity}"' in tag
    assert " crossorigin " in tag


def test_nothing_else_comes_from_elsewhere():
    found = re.findall(r'(?:src|href)="([^"]*)"', shown())
    assert found == ["data:,", *(address for address, _ in OTHERS)]


def test_no_script_or_style_of_others_is_waited_for_before_the_words():
    before = shown().partition("</main>")[0]
    assert not any(address in before for address, _ in OTHERS)
    assert before.index("ask by hand") < before.index("schema.graphql")


def test_the_page_has_a_command_that_asks_this_address():
    written = re.search(r"<pre>export.*?\n(curl.*?)</pre>", shown(), re.DOTALL)
    command = html.unescape(re.sub(r"</?span[^>]*>", "", written[1])).replace("\\\n", " ")
    words = shlex.split(command)
    assert words[2] == URL
    assert "Authorization: Bearer $RAPPORT_KEY" in words
    assert json.loads(words[-1])["query"].startswith("{ customers(first: 3)")


def test_the_pages_own_commands_are_there():
    own = re.findall(r"\.venv/bin/rapport [^<]*", shown())
    assert len(own) == 2
    assert [p for text in own for c in commands.commands(text) for p in commands.problems(c)] == []


def test_the_query_to_begin_with_is_the_readmes():
    [block] = [block for block in page("README.md").blocks if block.language == "graphql"]
    assert block.text == QUERY


def test_an_address_cannot_bring_a_script():
    assert "<script>alert" not in shown("http://shop.example/<script>alert(1)</script>")
