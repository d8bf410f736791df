"""The access log knows of every answer with personal data in it, before it leaves."""

import pytest
from structlog.testing import capture_logs

from api.execution.schema import Schema
from domain.personal import PiiClass
from tests.api.execution.corner import DIARY, SCHEMA, SECRET, Context, Query, ask, codes


@pytest.fixture(autouse=True)
def diary():
    DIARY.entries.clear()
    yield DIARY
    DIARY.broken = False


async def test_an_answer_with_a_name_in_it_is_logged_with_who_what_and_whom(diary):
    await ask("query List { people(first: 3) { nodes { id name } } }", request_id="req-9")
    (entry,) = diary.entries
    assert (entry.actor.id, entry.operation, entry.request_id) == (
        "key_1",
        "query List: people",
        "req-9",
    )
    assert entry.customer_ids == ("cus_0", "cus_1", "cus_2")
    assert (entry.categories, entry.count) == ((PiiClass.IDENTITY,), 3)


async def test_an_answer_without_personal_data_is_not_logged(diary):
    await ask("{ people { nodes { id } } }")
    assert diary.entries == []


async def test_where_the_log_cannot_be_written_nothing_leaves(diary):
    diary.broken = True
    with capture_logs() as lines:
        answer = await ask("{ person { name } }")
    assert answer.data is None
    assert codes(answer) == ["INTERNAL"]
    assert SECRET not in str(answer.errors) + str(lines)
    assert lines[0]["causes"][0]["kind"] == "builtins.ConnectionError"


async def test_a_streamed_answer_is_logged_before_its_frame_leaves(diary):
    results = await SCHEMA.stream("{ person { name } }", None, Context())
    frames = [(frame.data, len(diary.entries)) async for frame in results]
    assert frames == [({"person": {"name": SECRET}}, 1)]


async def test_a_streamed_answer_without_its_entry_is_empty(diary):
    diary.broken = True
    results = await SCHEMA.stream("{ person { name } }", None, Context())
    assert [frame.data async for frame in results] == [None]


async def test_a_schema_without_an_auditor_answers_nothing():
    answer = await Schema(Query).execute("{ person { id } }", None, Context())
    assert (answer.data, codes(answer)) == (None, ["INTERNAL"])


def test_there_is_no_way_round_the_log_for_the_impatient():
    with pytest.raises(NotImplementedError):
        SCHEMA.execute_sync("{ person { id } }")
