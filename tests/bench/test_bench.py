"""Every case is asked and answered, on both sides; a wrong answer is no figure."""

import os
import re

import orjson
import pytest

from bench.__main__ import main
from bench.cases import Asking, creating
from bench.load import Run
from bench.measuring import Failed, Load, Measured, measured
from bench.processes import Process, clock_seconds, cpu_seconds
from bench.table import Round, Setting, table
from domain import contact
from domain.contact import Phone
from tests.servers import Served


def test_every_case_is_measured_beside_the_floor(
    server: Served, capsys: pytest.CaptureFixture[str]
):
    if server.kind == "wheel":
        pytest.skip("the wheel takes a minute for what tells nothing of it")
    sizes = ["--customers", "300", "--rounds", "1", "--seconds", "0.1", "--connections", "2"]

    main([*sizes, "--mongodb-url", server.url])

    printed = capsys.readouterr().out
    for case in ("by id", "by e-mail", "page of 100", "create"):
        for driver in ("motor", "pymongo"):
            rows = [line for line in printed.splitlines() if _begins(line, case, driver)]
            assert [row.split("|")[4].strip() for row in rows] == ["Rapport", "floor"]


def _begins(line: str, case: str, driver: str) -> bool:
    cells = [cell.strip() for cell in line.split("|")]
    return cells[1:2] == [case] and driver in cells


def test_the_ratio_is_taken_round_by_round():
    slow, fast = Measured(100, 1, 2, 4, 0), Measured(1_000, 1, 2, 1, 0)
    disturbed = Measured(10, 1, 2, 4, 0), Measured(20, 1, 2, 2, 0)
    rounds = [Round(slow, fast), Round(*disturbed), Round(slow, fast)]

    printed = table({Setting("by id", 8, "motor"): rounds})

    assert "0.10 |   0.25 |" in printed


def test_processor_time_is_read_from_the_kernel_or_from_ps():
    assert cpu_seconds(os.getpid()) > 0
    assert clock_seconds("  1:02.50\n") == 62.5
    assert clock_seconds("1-02:00:01") == 86_400 + 7_201


@pytest.mark.parametrize("answer", [("HTTP/1.1 500 Oops", "ok"), ("HTTP/1.1 200 OK", "error")])
def test_a_wrong_answer_is_told(answer: tuple[str, str]):
    head, body = answer
    run = Run(iter(()), b"ok")

    run.answered(0.1, b"HTTP/1.1 200 OK", b"ok")
    run.answered(0.1, head.encode(), body.encode())

    assert run.failures == [f"{head} ... {body}"]


def test_customers_are_created_with_numbers_that_reach_nobody_and_are_each_another_one():
    case = creating(8_100)

    asked = [orjson.loads(body)["variables"]["input"] for body in case.api.bodies]
    asked += [orjson.loads(body) for body in case.floor.bodies]
    phones = [phone for each in asked for phone in each["phones"]]

    assert len(set(phones)) == 16_200
    assert all(re.fullmatch(r"\+1[2-9]\d\d55501\d\d", phone) for phone in phones)
    assert all(contact.phone(phone, None) == Phone(phone, "US") for phone in phones[::100])


def test_without_an_answer_there_is_no_figure():
    nobody = Process("http://127.0.0.1:1", os.getpid())
    asking = Asking("/", ["{}"], "ok")

    with pytest.raises(Failed):
        measured(nobody, Process("", None), asking, Load(1, 0.1), "token", once=True)
