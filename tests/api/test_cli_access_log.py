"""`rapport access-log` in the hands of whoever answers for the data."""

import csv
import io
import json
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import typer
from typer.testing import CliRunner

from api import cli_access_log
from api.cli_access_rows import lines
from domain import ids
from domain.access_log import AccessEntry
from domain.access_trail import Sought
from domain.actor import Actor, ActorKind
from domain.personal import PiiClass

AT = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
ANNA, BORIS = (ids.typed(ids.CUSTOMER, number) for number in (1, 2))
KEY = ids.typed(ids.KEY, 1)


def entry(number, *seen):
    return AccessEntry(
        id=ids.typed(ids.ACCESS, number),
        at=AT + timedelta(minutes=number),
        actor=Actor(ActorKind.API_KEY, KEY, "desk, left"),
        operation="query: profile",
        request_id=f"req-{number}",
        customer_ids=seen or (ANNA,),
        categories=(PiiClass.CONTACT, PiiClass.IDENTITY),
        count=len(seen or (ANNA,)),
    )


class Trail:
    """A log in memory, which remembers what it was asked."""

    def __init__(self, *entries):
        self.entries, self.asked = entries, []

    async def page(self, sought, limit):
        self.asked.append((sought, limit))
        older = [e for e in self.entries if sought.before is None or e.id < sought.before]
        return sorted(older, key=lambda e: e.id, reverse=True)[:limit]


def run(trail, *words):
    @asynccontextmanager
    async def opened(data):
        yield trail

    main = typer.Typer()
    main.command()(cli_access_log.command(opened))
    return CliRunner().invoke(main, list(words))


def test_a_table_tells_when_who_what_and_whose_the_newest_first():
    result = run(Trail(entry(1), entry(2, ANNA, BORIS)))
    head, newest, oldest = result.stdout.splitlines()
    assert head.split()[:2] == ["at", "key"]
    assert newest.startswith("2026-05-01 09:32:00  desk, left  " + KEY)
    assert f"contact identity  {ANNA} and 1 more  req-2" in newest
    assert oldest.endswith(f"{ANNA}             req-1")


def test_what_is_sought_is_asked_for(monkeypatch):
    words = ["--customer", ANNA, "--key", KEY, "--before", entry(9).id]
    run(trail := Trail(), *words, "--since", "2026-05-01", "--until", "2026-05-31", "--limit", "7")
    since, until = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
    assert trail.asked == [(Sought(ANNA, KEY, since, until, entry(9).id), 8)]


def test_a_moment_ends_where_it_says_and_a_day_at_its_end():
    assert cli_access_log.end("2026-05-31T08:00+01:00") == datetime(2026, 5, 31, 7, tzinfo=UTC)
    assert cli_access_log.end("2026-05-31") == datetime(2026, 6, 1, tzinfo=UTC)


def test_a_page_that_is_full_says_how_to_go_on():
    trail = Trail(*map(entry, range(5)))
    result = run(trail, "--limit", "2")
    assert result.stdout.count("req-") == 2
    assert result.stderr == f"There are older ones: say the same with --before {entry(3).id}\n"
    rest = run(trail, "--limit", "3", "--before", entry(3).id)
    assert (rest.stdout.count("req-"), rest.stderr) == (3, "")


def test_a_table_is_a_screenful_and_what_is_handed_over_is_whole():
    trail = Trail(*map(entry, range(600)))
    assert run(trail).stdout.count("req-") == 50
    assert run(trail, "--format", "csv").stdout.count("req-") == 600


def test_json_lines_have_everything_of_an_entry():
    result = run(Trail(entry(1, ANNA, BORIS)), "--format", "jsonl")
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        {
            "id": entry(1).id,
            "at": "2026-05-01T09:31:00.000Z",
            "by": {"kind": "API_KEY", "id": KEY, "label": "desk, left"},
            "operation": "query: profile",
            "requestId": "req-1",
            "categories": ["contact", "identity"],
            "count": 2,
            "customerIds": [ANNA, BORIS],
        }
    ]


def test_csv_has_a_head_and_a_line_an_entry():
    result = run(Trail(entry(1, ANNA, BORIS)), "--format", "csv")
    [row] = csv.DictReader(io.StringIO(result.stdout))
    assert (row["key_label"], row["count"]) == ("desk, left", "2")
    assert (row["categories"], row["customer_ids"]) == ("contact identity", f"{ANNA} {BORIS}")


def test_no_label_in_a_csv_is_a_formula():
    named = replace(entry(1), actor=Actor(ActorKind.API_KEY, KEY, "=1+1"))
    [row] = csv.DictReader(io.StringIO(run(Trail(named), "--format", "csv").stdout))
    assert row["key_label"] == "'=1+1"


def test_until_the_last_day_that_there_is_can_be_asked():
    assert run(trail := Trail(entry(1)), "--until", "9999-12-31").exit_code == 0
    assert trail.asked[0][0].until == datetime(9999, 12, 31, tzinfo=UTC)


@pytest.mark.parametrize("kind", ["table", "jsonl", "csv"])
def test_nobody_is_told_who_else_was_on_the_page(kind):
    result = run(Trail(entry(1, ANNA, BORIS)), "--customer", ANNA, "--format", kind)
    assert ANNA in result.stdout
    assert BORIS not in result.stdout


def test_where_there_is_nothing_it_says_so():
    result = run(Trail())
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "No entry of the access log fits.\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--customer", "ada@example.com"], "id of a customer is cus_ and 26"),
        (["--key", ANNA], "The id of a key is key_ and 26"),
        (["--before", "1"], "The id of an entry is acc_ and 26"),
        (["--since", "yesterday"], "Write a day like 2026-03-01"),
        (["--until", "2026-02-30"], "Write a day like 2026-03-01"),
        (["--since", "2026-05-02", "--until", "2026-05-01"], "it is not before --until"),
        (["--limit", "0"], "greater than or equal to 1"),
        (["--format", "pdf"], "'jsonl'"),
    ],
)
def test_a_mistake_is_answered_with_what_to_write(words, sentence):
    result = run(Trail(), *words)
    assert result.exit_code == 2
    assert sentence in " ".join(result.stderr.replace("│", " ").split())


def test_a_narrow_terminal_gets_short_lines_with_every_id_whole():
    wide = lines([entry(1, ANNA, BORIS)], None, None)
    assert len(wide) == 2
    narrow = lines([entry(1, ANNA, BORIS)], None, 80)
    assert [line[:12] for line in narrow] == ["2026-05-01 0", "  query: pro", "  contact id"]
    assert KEY in narrow[0]
    assert ANNA in narrow[2]
