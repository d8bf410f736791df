"""Ids are of their moment and never given twice; the time is what BSON keeps."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from api.outside import new_id, now
from domain.ids import CUSTOMER, prefix_of, uuid7_head
from tests.outside.process import ROOT


def test_an_id_is_of_this_millisecond():
    before = time.time_ns() // 1_000_000
    made = new_id(CUSTOMER)
    after = time.time_ns() // 1_000_000
    assert prefix_of(made) == CUSTOMER
    assert uuid7_head(before) <= made.removeprefix("cus_")[:10] <= uuid7_head(after)


def test_threads_never_get_one_id_twice():
    def many(_: int) -> list[str]:
        return [new_id(CUSTOMER)[-16:] for _ in range(5_000)]

    with ThreadPoolExecutor(8) as pool:
        made = [each for some in pool.map(many, range(8)) for each in some]
    assert len(set(made)) == 40_000


FORKED = """
import os
from api.outside import new_id
new_id("cus")
child = os.fork()
if child:
    os.waitpid(child, 0)
print(*(new_id("cus")[-16:] for _ in range(100)))
"""


def test_a_forked_process_does_not_make_the_ids_of_its_parent():
    # in a process of its own: beside the threads of other tests Python warns of a fork
    line = [sys.executable, "-c", FORKED]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 - ours
    assert len(set(done.stdout.split())) == 200


def test_the_time_is_cut_to_whole_milliseconds():
    before = datetime.now(UTC)
    at = now()
    after = datetime.now(UTC)
    assert at.microsecond % 1000 == 0
    assert at.tzinfo is UTC
    assert before - timedelta(milliseconds=1) < at <= after
