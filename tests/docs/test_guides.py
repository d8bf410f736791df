"""The guides leave nothing out: operations, codes, settings, and whatever stops a start."""

import re

import pytest
from graphql import GraphQLUnionType

from api.refusals import RefusalCode
from api.schema import SCHEMA
from domain.errors import ErrorCode
from mongo import schema
from tests.docs import commands, sentences, tables
from tests.docs.pages import Page, page, pages
from tests.house.code import configuration, packages

FRONT_END = page("docs/guides/front-end.md")
PARTNERS = page("docs/guides/partners.md")
PRIVACY = page("docs/guides/privacy-officers.md")
OPERATORS = page("docs/guides/operators.md")
ROOTS = [
    name
    for root in (SCHEMA._schema.query_type, SCHEMA._schema.mutation_type)
    for name in (root.fields if root else ())
]


@pytest.mark.parametrize("name", ROOTS)
def test_a_front_end_developer_or_partner_reads_of_every_operation(name: str):
    assert re.search(rf"\b{name}\b", FRONT_END.text + PARTNERS.text)


@pytest.mark.parametrize("code", [*RefusalCode, *ErrorCode])
def test_a_front_end_developer_reads_of_every_code(code: str):
    assert f"`{code}`" in FRONT_END.text


@pytest.mark.parametrize("collection", sorted({*schema.COLLECTIONS} - schema.PERSON_FREE))
def test_a_privacy_officer_reads_of_every_place_that_holds_personal_data(collection: str):
    assert re.search(rf"^\|.*`{collection}`.*\|.*\|$", PRIVACY.text, re.MULTILINE)


_OF_THE_SUITE = {"RAPPORT_TEST_MONGODB_URL", "RAPPORT_TEST_SERVER", "RAPPORT_TEST_ENGINE"}


def test_types_told_apart_in_a_program_are_members_of_unions():
    unions = [
        kind for kind in SCHEMA._schema.type_map.values() if isinstance(kind, GraphQLUnionType)
    ]
    members = {member.name for union in unions for member in union.types}
    told = {
        name
        for each in pages()
        for block in each.blocks
        if block.language == "ts"
        for name in re.findall(r'case "(\w+)"', block.text)
    }
    assert told
    assert told <= members


def test_tables_are_as_the_code_has_them():
    late = [path.name for path, _ in tables.outdated()]
    assert late == [], "write them with `make schema` (or `python -m tests.docs.tables`)"


def test_a_setting_that_a_page_names_exists():
    known = commands.settings() | _OF_THE_SUITE
    named = {
        name for each in pages() for name in re.findall(r"\bRAPPORT_[A-Z_]*[A-Z]\b", each.text)
    }
    assert named <= known


def test_a_table_without_a_place_on_its_page_is_found():
    with pytest.raises(LookupError, match="settings"):
        tables.replaced("no place", "settings", "")


def test_an_operator_finds_the_cure_for_every_sentence_that_stops_a_start():
    found = dict(sentences.stopping())
    assert found
    missing = {where: said for where, said in found.items() if said not in OPERATORS.prose}
    assert missing == {}


def test_an_operator_reads_of_every_beginning_of_what_a_command_did_not_do():
    found = sentences.beginnings()
    assert {"Not done", "Not finished"} <= found
    assert [each for each in sorted(found) if f"`{each}:`" not in OPERATORS.prose] == []


def test_a_contributor_finds_every_package_on_the_map():
    told = re.findall(r"^\| `([a-z]+)/` \|", page("CONTRIBUTING.md").text, re.MULTILINE)
    assert sorted(told) == sorted([*packages(configuration()), "bench", "docs", "tests"])


@pytest.mark.parametrize("name", ROOTS)
def test_every_operation_is_in_the_changelog(name: str):
    assert f"`{name}`" in page("CHANGELOG.md").text


@pytest.mark.parametrize("each", pages(), ids=lambda each: each.file)
def test_a_reader_is_told_where_the_command_is_before_the_first_use(each: Page):
    typed = [block for block in each.blocks if block.language == "sh" and "rapport " in block.text]
    for block in typed[:1]:
        assert ".venv/bin/rapport" in each.text.partition(block.text)[0]
