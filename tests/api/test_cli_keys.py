"""`rapport keys` in the hands of an operator."""

import errno
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
import typer
from typer.testing import CliRunner

from api import cli_keys
from api.cli_key_list import lines, power
from api.cli_keys import application, expiry, require_output, roles, scoping
from domain.access import ROLES, SCOPES
from domain.errors import Invalid
from domain.key_ring import KeyRing
from tests.access.test_key_ring import START, Shelf, World, ring_over


@pytest.fixture
def shelf():
    return Shelf()


@pytest.fixture
def run(shelf, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")  # what is piped is as wide as it has to be
    world = World()
    opened_at = []

    @asynccontextmanager
    async def opened(data) -> AsyncIterator[KeyRing]:
        opened_at.append(data)
        yield ring_over(shelf, world)
        if invoke.slow_to_close:
            raise KeyboardInterrupt

    main = typer.Typer()
    main.add_typer(application(opened, world.clock))

    @main.command()
    def other() -> None:
        """Makes the keys a sub-command, as they are in the product."""

    def invoke(*arguments):
        return CliRunner().invoke(main, ["keys", *arguments])

    invoke.world, invoke.opened_at, invoke.slow_to_close = world, opened_at, False
    return invoke


def test_the_token_stands_alone_on_standard_output(run, shelf):
    result = run("create", "--label", "web shop", "--role", "storefront")
    assert result.exit_code == 0
    assert result.stdout.startswith("rap_")
    assert result.stdout.count("\n") == 1
    (key,) = shelf.keys.values()
    assert (key.label, key.scopes) == ("web shop", ROLES["storefront"])
    assert result.stdout.strip() not in result.stderr
    assert f"{key.id} (storefront) is good for ever" in result.stderr


def test_a_token_that_could_not_be_shown_is_told_with_the_cure(run, shelf, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(typer, "echo", full)
    result = run("create", "--label", "x", "--role", "partner")
    (key,) = shelf.keys
    assert result.exit_code == 1
    assert (
        f"(No space left on device), and nobody can show it again: `rapport keys revoke {key}`"
        in (result.stderr)
    )


def test_a_token_is_told_before_the_database_takes_its_time_to_close(run, shelf):
    run.slow_to_close = True
    result = run("create", "--label", "x", "--role", "partner")
    assert len(shelf.keys) == 1
    assert result.stdout.startswith("rap_")


def test_a_token_that_is_out_is_no_failure_where_nobody_reads_the_rest(run, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(cli_keys, "_describe", full)
    result = run("create", "--label", "x", "--role", "partner")
    assert (result.exit_code, result.stdout[:4]) == (0, "rap_")


def test_no_key_is_made_where_its_token_would_be_lost(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(typer.Exit):
        require_output()
    assert "Standard output is closed" in capsys.readouterr().err


def test_scopes_come_with_commas_or_one_by_one_and_add_to_the_role(run, shelf):
    run(
        *("create", "--label", "x", "--role", "partner"),
        *("--scopes", "bulk:run, audit:read", "--scopes", "pii:read"),
    )
    (key,) = shelf.keys.values()
    assert key.scopes == ROLES["partner"] | {"bulk:run", "audit:read", "pii:read"}


def test_a_key_can_be_made_to_expire(run, shelf):
    result = run("create", "--label", "x", "--role", "partner", "--expires", "90d")
    (key,) = shelf.keys.values()
    assert key.expires_at == START + timedelta(days=90)
    assert "until 2026-04-01 00:00 UTC" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--label", "x"], "Name a role, or at least one scope."),
        (["--label", "x", "--role", "boss"], "the roles are storefront, partner"),
        (["--label", "x", "--scopes", "customers:raed"], "the scopes are customers:read"),
        (["--label", "x", "--role", "admin", "--expires", "soon"], "like 90d, 12h or 2w"),
        (["--label", "x", "--role", "admin", "--expires", "2020-01-01"], "expired already"),
        (["--label", " ", "--role", "admin"], "name of 1 to 80 characters"),
    ],
)
def test_a_mistake_is_answered_with_what_to_do(run, shelf, arguments, sentence):
    result = run("create", *arguments)
    assert result.exit_code == 2
    assert sentence in " ".join(result.stderr.split())
    assert result.stdout == ""
    assert not shelf.keys


def test_keys_are_listed_with_what_they_may_and_how_they_stand(run, shelf):
    run("create", "--label", "till", "--role", "support")
    run("create", "--label", "export", "--scopes", "customers:read,bulk:run", "--expires", "1d")
    run.world.now += timedelta(days=2)
    result = run("list")
    till, export = (
        next(line for line in result.stdout.splitlines() if label in line)
        for label in ("till", "export")
    )
    assert all(text in till for text in ("support", "active", "2026-01-01"))
    assert all(text in export for text in ("bulk:run, customers:read", "expired", "2026-01-02"))
    assert "\x1b" not in result.stdout


def test_a_label_is_printed_as_it_is(run):
    run("create", "--label", "[red]till[/] :smile:", "--role", "support")
    assert "[red]till[/] :smile:" in run("list").stdout


def test_programs_get_json(run, shelf):
    assert json.loads(run("list", "--json").stdout) == []
    run("create", "--label", "каса", "--role", "partner", "--expires", "2026-01-31")
    (key,) = shelf.keys
    assert json.loads(run("list", "--json").stdout) == [
        {
            "id": key,
            "label": "каса",
            "state": "active",
            "role": "partner",
            "scopes": sorted(ROLES["partner"]),
            "createdAt": "2026-01-01T00:00:00.000Z",
            "expiresAt": "2026-02-01T00:00:00.000Z",
            "revokedAt": None,
            "lastUsedAt": None,
        }
    ]


async def keys(*labels_and_scopes):
    ring = ring_over(shelf := Shelf(), World())
    for label, scopes in labels_and_scopes:
        await ring.create(label, scopes)
    return await shelf.every()


@pytest.mark.parametrize("width", [40, 80, 120])
async def test_an_id_stands_whole_in_its_line_however_narrow_the_terminal(width):
    found = await keys(("x" * 80, frozenset(SCOPES) - {"pii:read"}), ("till", ROLES["support"]))
    listed = lines(found, START, width)
    for key in found:
        [line] = [line for line in listed if key.id in line]
        assert line.startswith(f"{key.id}  active")
        assert any(key.label in line for line in listed)


async def test_a_terminal_that_is_wide_enough_shows_columns():
    found = await keys(("till", ROLES["support"]))
    head, row = lines(found, START, 120)
    assert head.index("may") == row.index("support")
    assert lines(found, START, len(head)) == lines(found, START, None) == [head, row]
    assert len(lines(found, START, len(head) - 1)) == 3


@pytest.mark.parametrize(
    ("scopes", "shown"),
    [
        (ROLES["support"], "support"),
        (ROLES["partner"] | {"bulk:run", "audit:read"}, "partner, audit:read, bulk:run"),
        (frozenset({"customers:read", "bulk:run"}), "bulk:run, customers:read"),
        (frozenset(SCOPES), "admin"),
    ],
)
def test_what_a_key_may_do_is_its_role_and_what_is_beyond(scopes, shown):
    assert power(scopes) == shown


def test_an_empty_list_says_how_to_make_a_key(run):
    result = run("list")
    assert result.exit_code == 0
    assert "rapport keys create" in result.stderr


def test_a_revoked_key_is_shown_as_revoked(run, shelf):
    run("create", "--label", "till", "--role", "support")
    (key,) = shelf.keys
    assert "Revoked key_" in run("revoke", key).stderr
    assert "revoked" in run("list").stdout
    again = run("revoke", key)
    assert (again.exit_code, "revoked before" in again.stderr) == (2, True)


def test_revoking_an_unknown_key_is_refused(run):
    result = run("revoke", "key_nobody")
    assert (result.exit_code, "no such API key" in result.stderr) == (2, True)


def test_the_data_directory_can_be_named(run, tmp_path):
    run("list", "--data", str(tmp_path))
    run("list")
    assert run.opened_at == [tmp_path, None]


@pytest.mark.parametrize("command", ["create", "list", "revoke"])
def test_help_shows_an_example(run, command):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"rapport keys {command}" in result.stdout


def test_roles_complete_with_what_they_may():
    assert [name for name, _ in roles("p")] == ["partner", "privacy-officer"]
    assert dict(roles("partner"))["partner"].startswith("consent:read, consent:write")


def test_scopes_complete_with_their_sentence_also_behind_a_comma():
    assert dict(scoping("cust"))["customers:read"] == SCOPES["customers:read"]
    found = [name for name, _ in scoping("customers:read,cust")]
    assert found == ["customers:read,customers:write", "customers:read,customers:merge"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12h", START + timedelta(hours=12)),
        ("2w", START + timedelta(weeks=2)),
        ("2026-01-31", datetime(2026, 2, 1, tzinfo=UTC)),
    ],
)
def test_an_expiry_is_a_time_from_now_or_a_last_day(text, expected):
    assert expiry(text, START) == expected


@pytest.mark.parametrize("text", ["", "90", "d", "-1d", "2026-13-01", "tomorrow"])
def test_any_other_expiry_is_refused(text):
    with pytest.raises(Invalid, match="like 90d"):
        expiry(text, START)
