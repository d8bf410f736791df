"""Rows come out of files as they are written, with their line, and a broken one stops nothing."""

import csv
import io
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.lines import LONGEST_LINE, UnreadableFile
from intake.readers import csv_table, jsonl_table
from intake.rows import Refused, Row


def rows(path: Path, reading: Callable[..., Any] = csv_table, **options: Any):
    with reading(path, **options) as table:
        return list(table.rows)


def values(path: Path, **options: Any):
    return [row.values for row in rows(path, **options)]


@pytest.fixture
def file(tmp_path: Path):
    def written(content: str | bytes, encoding: str = "utf-8") -> Path:
        path = tmp_path / "customers.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return written


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_header_says_what_separates_cells(file, delimiter):
    text = 'name;"a,b,c,d"\nx;y\n'.replace(";", delimiter)
    assert values(file(text)) == [{"name": "x", "a,b,c,d": "y"}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_says_the_encoding(file, encoding):
    text = "name,city\nЖюль,Łódź\n"
    assert values(file(text, encoding)) == [{"name": "Жюль", "city": "Łódź"}]


@pytest.mark.parametrize("encoding", ["windows-1252", "utf-16-le", "iso-8859-1"])
def test_another_encoding_can_be_named(file, encoding):
    text = "name\nJürgen\n"
    assert values(file(text, encoding), encoding=encoding) == [{"name": "Jürgen"}]


def test_line_numbers_are_those_of_the_file(file):
    text = 'name,note\r\na,"two\r\nlines"\r\n\r\nb,one\r\n'
    assert [row.line for row in rows(file(text))] == [2, 5]


def test_an_open_quote_costs_one_row_and_no_more(file):
    text = 'name,note\n1,ok\n2,"open\n3,ok\n4,"fine"\n5,ok\n'
    found = rows(file(text))
    assert [(row.line, type(row)) for row in found] == [
        (2, Row),
        (3, Refused),
        (4, Row),
        (5, Row),
        (6, Row),
    ]
    assert found[1].issues[0].code == "CSV"


def test_an_open_quote_at_the_end_costs_one_row(file):
    found = rows(file('name,note\n1,"open\n2,ok\n'))
    assert [(row.line, type(row)) for row in found] == [(2, Refused), (3, Row)]


def test_a_row_with_other_cells_than_the_header_is_refused(file):
    found = rows(file("a,b\n1\n1,2,3\n1,2\n"))
    assert [row.issues[0].code for row in found[:2]] == ["CELL_COUNT", "CELL_COUNT"]
    assert found[2] == Row(4, {"a": "1", "b": "2"})


def test_bytes_that_are_not_in_the_encoding_cost_one_row(file):
    found = rows(file(b"name\nJ\xfcrgen\nAnna\n"))
    assert found[0].issues[0].code == "ENCODING"
    assert found[1].values == {"name": "Anna"}


def test_an_endless_line_is_refused_without_being_kept(file):
    text = "name\n" + "x" * (LONGEST_LINE + 10) + "\nAnna\n"
    found = rows(file(text))
    assert isinstance(found[0], Refused)
    assert found[-1] == Row(3, {"name": "Anna"})


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"a,b,a\n1,2,3\n", "same name, number 1, 3"),
        ("name\nx\n".encode("utf-16-le"), "utf-16-le"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(file, content, sentence):
    with pytest.raises(UnreadableFile, match=sentence):
        rows(file(content))


@pytest.mark.parametrize("name", ["utf-9", "hex", "rot13", "undefined", "idna"])
def test_an_encoding_that_is_none_of_text_is_named(file, name):
    with pytest.raises(UnreadableFile, match=name):
        rows(file("a\n1\n"), encoding=name)


@pytest.mark.parametrize("depth", [30, 900, 5_000])
def test_json_that_is_nested_too_deep_costs_one_row(file, depth):
    deep = '{"a": ' * depth + "1" + "}" * depth
    lists = '{"a": ' + "[" * depth + "]" * depth + "}"
    found = rows(file(f'{deep}\n{lists}\n{{"a": 1}}\n'), jsonl_table)
    assert [each.issues[0].code for each in found[:2]] == ["JSON", "JSON"]
    assert found[2].values == {"a": 1}


def test_objects_that_nobody_asks_for_are_not_looked_into(file):
    path = file('{"a": {"b": 1, "c": {"d": 2}}, "e": {"canary@example.com": 3}}\n')
    (row,) = rows(path, partial(jsonl_table, wanted=["a.b"]))
    assert row.values == {"a.b": 1, "a.c": None, "e": None}


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UnreadableFile, match=r"nobody\.csv"):
        rows(tmp_path / "nobody.csv")


def test_columns_without_a_name_are_left_out(file):
    assert values(file("a,,b,\n1,2,3,4\n")) == [{"a": "1", "b": "3"}]


def test_json_lines_are_flattened_to_dotted_columns(file):
    path = file(
        '{"id": 1, "address": {"city": "Lyon", "geo": {"lat": 1}}, "tags": ["a"]}\n\n[1]\n{'
    )
    found = rows(path, jsonl_table)
    flat = {"id": 1, "address.city": "Lyon", "address.geo.lat": 1, "tags": ["a"]}
    assert found[0] == Row(1, flat)
    assert [(row.line, row.issues[0].code) for row in found[1:]] == [(3, "JSON"), (4, "JSON")]


CELL = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufffd"), max_size=8
)


@given(st.lists(st.tuples(CELL, CELL), max_size=8), st.sampled_from([",", ";", "\t"]))
def test_what_a_csv_writer_writes_is_read_back(tmp_path_factory, cells, delimiter):
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([("first", "second"), *cells])
    path = tmp_path_factory.mktemp("csv") / "file.csv"
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    expected = [{"first": a, "second": b} for a, b in cells if a.strip() or b.strip()]
    assert [row.values for row in rows(path)] == expected


@given(st.lists(st.dictionaries(st.sampled_from("abc"), CELL, min_size=1), min_size=1, max_size=5))
def test_json_lines_are_read_back(tmp_path_factory, objects):
    path = tmp_path_factory.mktemp("jsonl") / "file.jsonl"
    path.write_bytes(b"".join(orjson.dumps(each) + b"\n" for each in objects))
    assert [row.values for row in rows(path, jsonl_table)] == objects


def test_memory_does_not_grow_with_the_file(file):
    path = file("name,note\n" + f"anna,{'x' * 200}\n" * 40_000)
    tracemalloc.start()
    with csv_table(path) as table:
        read = sum(1 for _ in table.rows)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert read == 40_000
    assert peak < 1_000_000


def test_what_is_too_long_or_lost_costs_one_line_of_json(file):
    long = b'{"a": "' + b"x" * LONGEST_LINE + b'"}\n'
    found = rows(file(long + b'{"a": "\xfc"}\n{"a": 1}\n'), jsonl_table)
    assert [each.issues[0].code for each in found[:2]] == ["LINE_TOO_LONG", "ENCODING"]
    assert found[2] == Row(3, {"a": 1})


def test_a_long_cell_costs_one_row(file):
    text = "a,b\n" + ",".join(["x" * (LONGEST_LINE // 2 + 1)] * 2) + "\n1,2\n"
    found = rows(file(text))
    assert [each.issues[0].code for each in found[:-1]] == ["LINE_TOO_LONG"]
    assert found[-1] == Row(3, {"a": "1", "b": "2"})


@pytest.mark.parametrize("text", ["\n\n", "\ufffd,b\n1,2\n"])
def test_a_file_without_a_readable_header_is_refused_whole(file, text):
    with pytest.raises(UnreadableFile, match="header"):
        rows(file(text))
