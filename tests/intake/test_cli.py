"""`rapport import` and `rapport demo` as somebody types them."""

import asyncio
from collections.abc import Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pymongo.errors import AutoReconnect
from typer.testing import CliRunner, Result

from api import cli_demo, cli_import, cli_planting, cli_progress
from api.cli import main
from api.cli_terminal import NOT_DONE, SOME_REFUSED
from domain.work import Stale
from enrichment.sweeping import LeaseLost
from intake import demo_shop, journey, report
from intake.demos import Demos
from intake.importing import Importing
from intake.journey import JourneyMissing
from intake.taking import ImportRunning
from mongo import database as opening
from mongo import indexes, schema
from mongo.lookups import Unread
from mongo.together import DatabaseBusy
from tests.intake import households
from tests.intake.exports import ANNA, BORIS, written
from tests.intake.stocked import stocked
from tests.servers import Served
from tests.shop import Clock

pytestmark = pytest.mark.wheel
WHEN = ["--collected-at", "2026-02-01"]


class Terminal:
    """Types commands; every command opens the database anew, as a process would."""

    def __init__(self, url: str, name: str, folder: Path) -> None:
        self.url, self.name, self.folder = url, name, folder
        self.given: Path | None = None
        self.opened = 0

    @asynccontextmanager
    async def shop(self, data: Path | None):
        self.given = data
        self.opened += 1
        database = opening.open_database(self.url, driver="motor", name=self.name)
        try:
            await indexes.ensure(database, schema.COLLECTIONS, schema.INDEXES)
            yield await stocked(database, Clock())
        finally:
            await database.close()

    @asynccontextmanager
    async def importing(self, data: Path | None):
        async with self.shop(data) as shop:
            yield shop.importing

    @asynccontextmanager
    async def demos(self, data: Path | None):
        async with self.shop(data) as shop:
            yield shop.demos(self.folder)

    def bring(self, *words: object) -> Result:
        application = cli_import.application(self.importing)
        return CliRunner().invoke(application, ["customers", *map(str, words)])

    def demo(self, *words: str) -> Result:
        return CliRunner().invoke(cli_demo.application(self.demos), list(words))


@pytest.fixture
def terminal(server: Served, database_name: str, tmp_path: Path) -> Iterator[Terminal]:
    name = f"{database_name}_cli"
    yield Terminal(server.url, name, tmp_path)

    async def dropped() -> None:
        database = opening.open_database(server.url, driver="motor", name=name)
        await database.drop()
        await database.close()

    asyncio.run(dropped())


def test_without_write_it_counts_and_says_so(terminal, tmp_path):
    path = written(tmp_path / "a.csv", ANNA, BORIS)
    result = terminal.bring(path, *WHEN)
    assert result.exit_code == 0
    assert "Nothing was written: say --write to keep it." in result.stderr
    assert "Default Address Phone" in result.stderr
    assert terminal.bring(path, "--write", *WHEN).stdout == result.stdout
    head, figures = result.stdout.splitlines()
    assert head.split() == ["created", "updated", "unchanged", "refused", "rows"]
    assert figures.split() == ["2", "0", "0", "0", "2"]


def test_refused_rows_are_told_by_the_exit_code_and_the_report(terminal, tmp_path):
    path = written(tmp_path / "a.csv", ANNA, {**BORIS, "Email": "no address"})
    result = terminal.bring(path, "--write", "--report", tmp_path / "told.csv", *WHEN)
    assert result.exit_code == SOME_REFUSED
    assert "1 row refused, 1 remark: " in result.stderr
    assert "1 EMAIL_INVALID in Email: This is not a valid e-mail address" in result.stderr
    assert (
        "1 CONSENT_UNPROVED in Accepts Email Marketing: This yes allows nothing yet"
        in result.stderr
    )
    assert "EMAIL_INVALID" in (tmp_path / "told.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["a.csv", "words.txt", "notes.csv"])
def test_a_report_never_replaces_a_file_that_is_none(terminal, tmp_path, name):
    people, words = written(tmp_path / "a.csv", ANNA), tmp_path / "words.txt"
    words.write_text("May we?", encoding="utf-8")
    (tmp_path / "notes.csv").write_text("mine", encoding="utf-8")
    before = (tmp_path / name).read_bytes()
    result = terminal.bring(people, "--wording", words, "--report", tmp_path / name)
    assert result.exit_code == NOT_DONE
    assert "name another" in result.stderr
    assert (tmp_path / name).read_bytes() == before


def test_a_report_of_an_earlier_run_is_replaced(terminal, tmp_path):
    people = written(tmp_path / "a.csv", {**BORIS, "Email": "no address"})
    words = [people, "--report", tmp_path / "told.csv", *WHEN]
    assert [terminal.bring(*words).exit_code for _ in range(2)] == [SOME_REFUSED] * 2


def test_a_mapping_makes_any_table_readable(terminal, tmp_path):
    mapping, people = tmp_path / "m.toml", tmp_path / "p.csv"
    mapping.write_text("[customer]\nemails = 'Mail'\n", encoding="utf-8")
    people.write_text("Mail;Rest\nanna@example.com;x\n", encoding="utf-8")
    result = terminal.bring(people, "--mapping", mapping, "--data", tmp_path)
    assert result.exit_code == 0
    assert "Nothing was taken from the columns Rest." in result.stderr
    assert terminal.given == tmp_path


DATED = """
[customer]
emails = ["Mail"]
[[consents]]
column = "Letter"
purpose = "marketing.newsletter"
channel = "EMAIL"
granted = ["yes"]
denied = ["no"]
collected_at = { column = "Since", format = "%d.%m.%Y" }
source = "till"
policy_version = "1"
wording = "Yes, send it to me."
"""


def test_a_no_with_a_date_stands_against_an_older_yes_of_the_next_file(terminal, tmp_path):
    (tmp_path / "map.toml").write_text(DATED)
    for name, said in (("no", "no,01.02.2025"), ("yes", "yes,01.02.2024")):
        path = tmp_path / f"{name}.csv"
        path.write_text(f"Mail,Letter,Since\nann@example.com,{said}\n")
        assert terminal.bring(path, "--mapping", tmp_path / "map.toml", "--write").exit_code == 0

    async def states():
        async with terminal.shop(None) as shop:
            return (await shop.everything())["customers"][0]["consent"]["states"]

    assert [state["status"] for state in asyncio.run(states())] == ["DENIED"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--format", "csv"], "--mapping FILE"),
        (["--collected-at", "yesterday"], "Write a day like 2026-03-01"),
        (["--encoding", "utf-9"], "There is no encoding 'utf-9'"),
        (["--report", "/nowhere/at/all.csv"], "No such file or directory"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(terminal, tmp_path, words, sentence):
    result = terminal.bring(written(tmp_path / "a.csv", ANNA), *words)
    assert result.exit_code == NOT_DONE
    assert sentence in " ".join(result.stderr.split())


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01T09:30", datetime(2026, 3, 1, 9, 30, tzinfo=UTC)),
        ("2026-03-01T09:30+01:00", datetime(2026, 3, 1, 8, 30, tzinfo=UTC)),
    ],
)
def test_a_moment_of_another_zone_is_that_moment(text, meant):
    assert cli_import.moment(text) == meant


def test_a_run_that_went_on_from_none_speaks_of_no_earlier_one(terminal, tmp_path):
    path = written(tmp_path / "a.csv", ANNA, BORIS)
    for _ in range(2):
        assert "earlier" not in terminal.bring(path, "--write", *WHEN).stderr


def test_every_mistake_of_a_mapping_is_a_line(terminal, tmp_path):
    mapping = tmp_path / "m.toml"
    mapping.write_text("[customer]\nmail = 'a'\nname.first = 'b'\n", encoding="utf-8")
    result = terminal.bring(written(tmp_path / "a.csv", ANNA), "--mapping", mapping)
    assert result.exit_code == NOT_DONE
    assert [line[:32] for line in result.stderr.splitlines()] == [
        "Not imported: m.toml, line 2: th",
        "Not imported: m.toml, line 3: th",
    ]
    assert terminal.opened == 0


def test_a_second_process_is_told_to_wait(terminal, tmp_path, monkeypatch):
    async def busy(*_, **__):
        raise ImportRunning

    monkeypatch.setattr(Importing, "run", busy)
    result = terminal.bring(written(tmp_path / "a.csv", ANNA), "--write")
    assert result.exit_code == NOT_DONE
    assert "let it finish" in result.stderr


@pytest.mark.parametrize(
    ("words", "sentence"), [(["--write"], "goes on where it was"), ([], "Nothing was written.")]
)
def test_a_stopped_run_says_what_it_left(terminal, tmp_path, monkeypatch, words, sentence):
    async def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(Importing, "run", stopped)
    result = terminal.bring(written(tmp_path / "a.csv", ANNA), *words)
    assert result.exit_code == 130
    assert sentence in result.stderr


def test_two_imports_never_write_one_report(terminal, tmp_path):
    path = written(tmp_path / "a.csv", ANNA)
    with report.opened(tmp_path / "a.report.csv", after=0):
        result = terminal.bring(path)
    assert result.exit_code == NOT_DONE
    assert "Another import is writing a.report.csv: let it finish" in result.stderr


@pytest.mark.parametrize(
    ("application", "word", "example"),
    [
        (
            cli_import.application,
            "customers",
            "rapport import customers customers_export.csv --write",
        ),
        (cli_demo.application, "shop", "rapport demo shop --seed 7"),
        (cli_demo.application, "journey", "rapport demo journey"),
        (cli_demo.application, "journey", "rapport-crm[journey]"),
    ],
)
def test_help_has_examples(application, word, example):
    assert example in CliRunner().invoke(application(None), [word, "--help"]).stdout


def test_where_there_is_no_terminal_a_line_now_and_then_says_how_far_it_is(
    terminal, tmp_path, monkeypatch
):
    path = written(tmp_path / "a.csv", ANNA, BORIS)
    assert "%" not in terminal.bring(path, *WHEN).stderr
    monkeypatch.setattr(cli_progress, "EVERY", 0.0)
    lines = terminal.bring(path, *WHEN).stderr.splitlines()
    assert lines[:2] == ["looking for refusals: 100 %", "importing: 100 %"]
    assert "customers: 100 %" in terminal.demo("shop").stderr.splitlines()


def test_lines_of_progress_are_ten_seconds_apart_whatever_the_stage(capsys):
    clock = iter([0.0, 9.9, 10.0, 19.9, 20.0])
    stage = cli_progress.Lines(200, lambda: next(clock)).stage
    for begun, done in ((stage("a"), 1), (stage("a"), 21), (stage("b"), 100), (stage("b"), 199)):
        begun(done)
    assert capsys.readouterr().err == "a: 10 %\nb: 99 %\n"


def test_the_demo_shop_is_one_command(terminal):
    result = terminal.demo("shop")
    assert result.exit_code == 0
    assert str(demo_shop.PEOPLE) in result.stdout
    assert (terminal.folder / "sources.toml").exists()


def test_a_shop_that_is_there_keeps_its_partners_file_and_says_what_was_missing_beside_it(terminal):
    file, sources = terminal.folder / "partners/demo_panel.csv", terminal.folder / "sources.toml"
    people = "Who was there already is as they were"
    assert people not in terminal.demo("shop").stderr
    made, entry = file.read_text(), sources.read_text()
    file.write_text("mine")
    sources.write_text("phone_metadata = false\n")
    again = terminal.demo("shop")
    assert (again.exit_code, file.read_text()) == (0, "mine")
    assert sources.read_text() == f"phone_metadata = false\n\n{entry}"
    named = "Its entry in sources.toml was missing and is added."
    assert again.stderr == f"{people}, and so is the partner's file. {named}\n"
    file.unlink()
    anew = terminal.demo("shop")
    assert (anew.exit_code, file.read_text()) == (0, made)
    assert anew.stderr == f"{people}. The partner's file was missing and is written anew.\n"


def test_a_shop_of_another_seed_is_refused_and_nothing_is_changed(terminal):
    def kept():
        return {path: path.read_bytes() for path in terminal.folder.rglob("*") if path.is_file()}

    async def stored():
        async with terminal.shop(None) as shop:
            return await shop.everything()

    assert terminal.demo("shop").exit_code == 0
    files, documents = kept(), asyncio.run(stored())
    result = terminal.demo("shop", "--seed", "7")
    assert result.exit_code == NOT_DONE
    assert result.stderr.startswith("Not loaded: There is a demo shop of another seed")
    assert (kept(), asyncio.run(stored())) == (files, documents)


def test_the_journey_prints_counts_that_add_up(terminal, tmp_path, monkeypatch):
    folder = households.written(tmp_path)
    monkeypatch.setattr(cli_planting, "located", lambda: folder)
    result = terminal.demo("journey")
    assert result.exit_code == 0, result.output
    last = result.stdout.splitlines()[-1]
    matched, missed, refused, failed, total = map(int, last.replace(",", "").split())
    assert matched + missed + refused + failed == total == households.HOUSEHOLDS
    assert matched
    assert missed
    assert refused
    assert not failed


def test_the_journey_fits_beside_the_shop(terminal, tmp_path, monkeypatch):
    folder = households.written(tmp_path)
    monkeypatch.setattr(cli_planting, "located", lambda: folder)
    assert terminal.demo("shop").exit_code == 0
    result = terminal.demo("journey")
    assert result.exit_code == 0, result.output


def test_what_a_demo_could_not_load_is_told_by_the_exit_code(terminal, tmp_path, monkeypatch):
    folder = households.written(tmp_path)
    monkeypatch.setattr(cli_planting, "located", lambda: folder)
    # the invented number of a household is also that of somebody in the shop
    monkeypatch.setattr(journey, "phone", lambda household: f"+120255501{household:02}")
    assert terminal.demo("shop").exit_code == 0
    result = terminal.demo("journey")
    assert result.exit_code == SOME_REFUSED
    assert "invented customers were refused" in result.stderr


@pytest.mark.parametrize(
    ("step", "problem", "told"),
    [
        ("enrich_journey", LeaseLost, "took the enrichment run over"),
        ("shop", ImportRunning, "let that finish"),
        ("shop", Stale, "let that finish"),
    ],
)
def test_who_is_in_the_way_of_a_demo_is_told(terminal, tmp_path, monkeypatch, step, problem, told):
    async def in_vain(*_, **__):
        raise problem

    monkeypatch.setattr(cli_planting, "located", lambda: households.written(tmp_path))
    monkeypatch.setattr(Demos, step, in_vain)
    result = terminal.demo(step.removeprefix("enrich_"))
    assert result.exit_code == NOT_DONE
    assert told in result.stderr


def test_without_the_data_it_says_what_to_install(terminal, monkeypatch):
    def missing():
        raise JourneyMissing("pip install 'rapport-crm[journey]'")

    monkeypatch.setattr(cli_planting, "located", missing)
    result = terminal.demo("journey")
    assert result.exit_code == NOT_DONE
    assert "rapport-crm[journey]" in result.stderr


@pytest.mark.parametrize("gone", [AutoReconnect, DatabaseBusy, Unread])
def test_a_database_that_goes_away_is_one_sentence(terminal, tmp_path, monkeypatch, gone):
    monkeypatch.setenv("RAPPORT_MONGODB_URL", terminal.url)
    monkeypatch.setenv("RAPPORT_DATABASE", terminal.name)
    monkeypatch.setenv("RAPPORT_SECRET", "5e" * 32)

    async def lost(*_, **__):
        raise gone("gone")

    monkeypatch.setattr(Importing, "run", lost)
    path = written(tmp_path / "a.csv", ANNA)
    words = ["import", "customers", str(path), "--write", "--data", str(tmp_path)]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == NOT_DONE
    assert result.stderr.startswith("Not finished: the database went away")
    assert "run the same command again" in " ".join(result.stderr.split())
