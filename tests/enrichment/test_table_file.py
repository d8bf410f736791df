"""Partner files: who matches, what is ambiguous, and sentences for files that are wrong."""

import csv
import hashlib
import os
from datetime import UTC, datetime

import duckdb
import pytest
import structlog

from enrichment.asking import ask as sources_ask
from enrichment.keys import AcceptedKey, KeyKind, MatchKey
from enrichment.providers.table_file import TableFile
from enrichment.providers.table_shape import KeyColumn, TableShape, ValueColumn
from enrichment.sources import (
    MatchedOn,
    MatchRequest,
    Misconfigured,
    Outcome,
    SourceCapability,
    Trust,
)
from enrichment.values import EnrichedField, ValueType

MAIL = KeyColumn("E-Mail", KeyKind.EMAIL)
HASH = KeyColumn("email_sha256", KeyKind.EMAIL_HASH, "lower_trim.v1")
PHONE = KeyColumn("phone", KeyKind.PHONE)
SIZE = ValueColumn("hh size", EnrichedField("household_size", ValueType.INT, "Household"))
CITY = ValueColumn("city", EnrichedField("city", ValueType.STRING, "City"))
WANTED = frozenset({"household_size"})


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def table(path, *keys: KeyColumn, values=(SIZE,), **shape) -> TableFile:
    capability = SourceCapability(
        key="acme",
        name="Acme",
        licence="contract",
        version="1",
        accepts=tuple(AcceptedKey(key.kind, key.recipe) for key in keys),
        fields=tuple(value.field for value in values),
        trust=Trust.PARTNER,
        plain_keys=True,
    )
    return TableFile(capability, TableShape(path, keys, tuple(values), **shape))


async def ask(source: TableFile, *asked: list[MatchKey]):
    try:
        wanted = frozenset(source.capability.offered())
        return await source.match([MatchRequest(tuple(keys), wanted) for keys in asked])
    finally:
        await source.aclose()


def key(column: KeyColumn, value: str) -> MatchKey:
    return MatchKey(column.kind, column.recipe, value)


def write(path, text: str, encoding: str = "utf-8"):
    path.write_text(text, encoding, newline="")
    return path


async def test_a_file_of_a_spreadsheet_matches_by_address_in_any_case(tmp_path):
    # byte order mark, CRLF, quotes, a comma in a value: what spreadsheets write
    text = 'E-Mail,city,hh size\r\n" Ada@Example.COM ","London, UK",2\r\ngrace@example.com,,\r\n'
    source = table(write(tmp_path / "a.csv", text, "utf-8-sig"), MAIL, values=(SIZE, CITY))
    ada, grace, nobody = await ask(
        source,
        [key(MAIL, "ada@example.com")],
        [key(MAIL, "grace@example.com")],
        [key(MAIL, "nobody@example.com")],
    )
    assert ada.outcome is Outcome.MATCH
    assert ada.values == {"household_size": 2, "city": "London, UK"}
    assert (ada.record, ada.score, ada.matched_on) == ("row 1", "EMAIL", (MatchedOn(MAIL.kind),))
    assert (grace.outcome, grace.values) == (Outcome.MISS, {})
    assert nobody.outcome is Outcome.MISS


async def test_an_extension_or_letters_never_make_the_number_of_somebody_else(tmp_path):
    phones = ["+1202555012 ext 3", "+1202555012x3", "+1202555012#3", "+1 (202) 555-0124"]
    path = write(tmp_path / "a.csv", "phone,hh size\n" + "".join(f"{p},2\n" for p in phones))
    wrong, right = await ask(
        table(path, PHONE), [key(PHONE, "+12025550123")], [key(PHONE, "+12025550124")]
    )
    assert (wrong.outcome, right.outcome) == (Outcome.MISS, Outcome.MATCH)


async def test_a_file_without_a_header_is_refused_without_a_word_of_its_first_person(tmp_path):
    path = write(tmp_path / "a.csv", "canary.person@example.com,Canary Street 7\n")
    source = table(path, MAIL)
    with pytest.raises(Misconfigured) as refused:
        await source.check()
    with structlog.testing.capture_logs() as logs:
        (answer,) = await sources_ask(source, [MatchRequest((key(MAIL, "a@example.com"),), WANTED)])
    await source.aclose()
    assert answer.outcome is Outcome.UNAVAILABLE
    assert "canary" not in f"{refused.value} {logs} {answer}".casefold()


@pytest.mark.parametrize("form", ["csv", "parquet"])
async def test_hashes_match_in_either_case_and_phones_in_any_punctuation(tmp_path, form):
    path = tmp_path / "a.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["email_sha256", "phone", "hh size", "id", "seen"])
        writer.writerow([digest("ada@example.com").upper(), "", "2", "A-1", "2026-04-01"])
        writer.writerow(["", "+1 (202) 555-0123", "3", "A-2", ""])
    if form == "parquet":
        path = tmp_path / "a.parquet"
        duckdb.sql(f"copy (from read_csv('{tmp_path}/a.csv')) to '{path}'")
    source = table(path, HASH, PHONE, record="id", observed_at="seen")
    first, second = await ask(
        source, [key(HASH, digest("ada@example.com"))], [key(PHONE, "+12025550123")]
    )
    assert (first.outcome, first.values, first.record) == (
        Outcome.MATCH,
        {"household_size": 2},
        "A-1",
    )
    assert first.observed_at == datetime(2026, 4, 1, tzinfo=UTC)
    assert (second.outcome, second.values, second.score) == (
        Outcome.MATCH,
        {"household_size": 3},
        "PHONE",
    )


async def test_two_rows_for_one_key_are_ambiguous_and_nobodys_value_is_taken(tmp_path):
    text = "E-Mail,hh size\na@example.com,1\nA@example.com,2\n"
    (result,) = await ask(
        table(write(tmp_path / "a.csv", text), MAIL), [key(MAIL, "a@example.com")]
    )
    assert (result.outcome, result.values) == (Outcome.AMBIGUOUS, {})
    assert result.explanation == ("the file has 2 rows for one EMAIL in 'E-Mail'",)


async def test_contacts_that_lead_to_different_rows_are_ambiguous(tmp_path):
    text = "E-Mail,phone,hh size\na@example.com,+12025550123,1\nb@example.com,+12025550124,2\n"
    path = write(tmp_path / "a.csv", text)
    (torn,) = await ask(
        table(path, MAIL, PHONE), [key(MAIL, "a@example.com"), key(PHONE, "+12025550124")]
    )
    assert torn.outcome is Outcome.AMBIGUOUS
    (agreed,) = await ask(
        table(path, MAIL, PHONE), [key(MAIL, "a@example.com"), key(PHONE, "+12025550123")]
    )
    assert agreed.outcome is Outcome.MATCH
    assert agreed.matched_on == (MatchedOn(KeyKind.EMAIL), MatchedOn(KeyKind.PHONE))


async def test_a_cell_of_the_wrong_type_is_left_out_and_its_column_named(tmp_path):
    text = "E-Mail,city,hh size\na@example.com,Bonn,many\n"
    source = table(write(tmp_path / "a.csv", text), MAIL, values=(SIZE, CITY))
    (result,) = await ask(source, [key(MAIL, "a@example.com")])
    assert result.values == {"city": "Bonn"}
    assert result.explanation == ("column 'hh size': not a value of type INT",)


async def test_values_and_names_are_never_read_as_sql(tmp_path):
    evil = 'x") as varchar), (select 1) --'
    text = (
        'E-Mail,"x"") as varchar), (select 1) --"\n"\';drop/**/table/**/partner;--@example.com",7\n'
    )
    path = write(tmp_path / "a.csv", text)
    value = ValueColumn(evil, EnrichedField("household_size", ValueType.INT, "x"))
    asked = "';drop/**/table/**/partner;--@example.com"
    (found,) = await ask(table(path, MAIL, values=(value,)), [key(MAIL, asked)])
    assert found.values == {"household_size": 7}
    parquet = tmp_path / "a.parquet"
    duckdb.sql(f"copy (from read_csv('{path}', header=true)) to '{parquet}'")
    (found,) = await ask(table(parquet, MAIL, values=(value,)), [key(MAIL, asked)])
    assert found.values == {"household_size": 7}


async def test_a_changed_file_is_read_again(tmp_path):
    path = write(tmp_path / "a.csv", "E-Mail,hh size\na@example.com,1\n")
    source = table(path, MAIL)
    wanted = [MatchRequest((key(MAIL, "a@example.com"),), frozenset({"household_size"}))]
    assert (await source.match(wanted))[0].values == {"household_size": 1}
    write(path, "E-Mail,hh size\na@example.com,2\n")
    os.utime(path, (1, 1))
    assert (await source.match(wanted))[0].values == {"household_size": 2}
    await source.aclose()
    await source.aclose()


async def test_a_batch_larger_than_a_page_comes_back_in_order(tmp_path):
    path = tmp_path / "a.csv"
    with path.open("w") as file:
        file.write("E-Mail,hh size\n")
        file.writelines(f"u{n}@example.com,{n % 9}\n" for n in range(0, 3000, 2))
    asked = [[key(MAIL, f"u{n}@example.com")] for n in range(3000)]
    results = await ask(table(path, MAIL), *asked)
    assert [r.outcome is Outcome.MATCH for r in results] == [n % 2 == 0 for n in range(3000)]
    assert [r.values.get("household_size") for r in results][:4] == [0, None, 2, None]


SECRET = "secret@example.com"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "missing or not readable"),
        (b"", "has no header"),
        (b"mail,hh size\n", r"a\.csv has no column 'E-Mail' among its 2: its first line must"),
        (b"E-Mail,E-Mail,hh size\n", r"a\.csv has column 'E-Mail' 2 times"),
        (
            f"E-Mail,hh size\n{SECRET},M\xfcnchen\n".encode("latin-1"),
            r"a\.csv, line 2, column 'hh size': this is not UTF-8",
        ),
        ("E-Mail,hh size\n".encode("utf-16"), "is UTF-16: save it as UTF-8"),
        ("E-M\xe4il,hh size\n".encode("latin-1"), "line 1: the header is not UTF-8"),
        (f"E-Mail,hh size\n{SECRET},1,2\n".encode(), "line 2: the row does not fit"),
        (f"E-Mail,hh size\n{SECRET}\n".encode(), "line 2: the row does not fit"),
        (f'E-Mail,hh size\n"{SECRET},1\n'.encode(), "line 2: the row does not fit"),
        (
            f"E-Mail,hh size\n{digest(SECRET)},1\n".encode(),
            "column 'E-Mail': none of its 1 values are e-mail addresses",
        ),
    ],
)
async def test_a_wrong_file_is_named_with_its_place_and_without_its_rows(
    tmp_path, content, sentence
):
    path = tmp_path / "a.csv"
    if content is not None:
        path.write_bytes(content)
    source = table(path, MAIL)
    with pytest.raises(Misconfigured, match=sentence) as refusal:
        await source.check()
    assert SECRET not in str(refusal.value)
    assert refusal.value.__cause__ is None
    await source.aclose()


async def test_addresses_where_hashes_were_promised_are_found_at_the_start(tmp_path):
    path = write(tmp_path / "a.csv", f"email_sha256,hh size\n{SECRET},1\n")
    source = table(path, HASH)
    with pytest.raises(Misconfigured, match="SHA-256 hashes of 64 hex digits"):
        await source.check()
    await source.aclose()


async def test_what_only_calls_itself_parquet_is_refused(tmp_path):
    path = write(tmp_path / "a.parquet", "E-Mail,hh size\n")
    source = table(path, MAIL)
    with pytest.raises(Misconfigured, match=r"a\.parquet cannot be read as Parquet"):
        await source.check()
    await source.aclose()


def test_a_pattern_of_files_is_refused(tmp_path):
    with pytest.raises(Misconfigured, match="not a pattern"):
        table(tmp_path / "*.csv", MAIL)
