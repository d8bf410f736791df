"""While rows are taken in, the collector of garbage is asked less often; afterwards as before."""

import gc
import sys

import pytest

from customers.drafts import CustomerDraft
from tests.intake.dying import Dying, Killed
from tests.intake.memory import Memory, Sheet

SHEET = Sheet((CustomerDraft(emails=("ada@example.com",)),))


@pytest.fixture(autouse=True)
def before():
    usual = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield gc.get_threshold()
    gc.set_threshold(*usual)


async def test_during_an_import_garbage_is_collected_less_often(before):
    during: list[tuple[int, int, int]] = []
    await Memory().take(SHEET, seen=lambda _: during.append(gc.get_threshold()))
    assert during[0][0] > before[0]
    assert gc.get_threshold() == before


async def test_an_import_that_fails_leaves_it_as_it_was(before):
    memory = Memory()
    with pytest.raises(Killed):
        await memory.take(SHEET, work=Dying(memory, 0))
    assert gc.get_threshold() == before


async def test_who_collects_still_less_often_goes_on_so():
    gc.set_threshold(90_000, 10, 10)
    during: list[tuple[int, int, int]] = []
    await Memory().take(SHEET, seen=lambda _: during.append(gc.get_threshold()))
    assert set(during) == {(90_000, 10, 10)}


async def test_threads_take_turns_more_often_meanwhile():
    usual = sys.getswitchinterval()
    during: list[float] = []
    await Memory().take(SHEET, seen=lambda _: during.append(sys.getswitchinterval()))
    assert during[0] < usual == sys.getswitchinterval()
