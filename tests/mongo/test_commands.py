"""Many new documents in a row go as one insert for each collection; everything else as one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymongo import InsertOne

from mongo.batch import Batch
from mongo.commands import commands
from mongo.operations import insert, update
from tests.mongo.shop import Logged

COLLECTIONS = ("customers", "identities")


def new(collection: str, number: int):
    return Logged(str(number)), insert(collection, {"_id": str(number)})


def change(number: int):
    return Logged(str(number)), update("customers", {"_id": str(number)}, {}, guarded=True)


RUNS = st.lists(
    st.one_of(
        st.lists(st.sampled_from(COLLECTIONS), min_size=1, max_size=90).map(tuple),
        st.integers(1, 90),
    ),
    max_size=4,
)


def batch_of(runs) -> Batch:
    parts = []
    for run in runs:
        if isinstance(run, int):
            parts += [change(len(parts) + n) for n in range(run)]
        else:
            parts += [new(name, len(parts) + n) for n, name in enumerate(run)]
    return Batch(tuple(parts))


@given(RUNS)
def test_every_write_is_sent_once(runs):
    batch = batch_of(runs)
    sent = [part for command in commands(batch) for part in command.batch.parts]
    assert sorted(sent, key=lambda part: int(part[0].id)) == list(batch.parts)


@given(RUNS)
def test_no_new_document_changes_places_with_another_kind_of_write(runs):
    batch = batch_of(runs)
    sent = [part for command in commands(batch) for part in command.batch.parts]
    kinds = [op.model is InsertOne for _, op in sent]
    assert kinds == [op.model is InsertOne for _, op in batch.parts]


@given(RUNS)
def test_an_insert_is_of_one_collection(runs):
    for command in commands(batch_of(runs)):
        if command.collection is not None:
            assert {op.collection for _, op in command.batch.parts} == {command.collection}
            assert all(op.model is InsertOne for _, op in command.batch.parts)


@pytest.mark.parametrize(
    ("parts", "collections"),
    [
        ([new("customers", n) for n in range(63)], [None]),
        ([new(COLLECTIONS[n % 2], n) for n in range(64)], ["customers", "identities"]),
        ([change(1), *(new("customers", n) for n in range(99))], [None, "customers"]),
        ([*(new("customers", n) for n in range(99)), change(1)], ["customers", None]),
        ([change(1), new("customers", 2), change(3)], [None]),
    ],
)
def test_only_many_are_worth_more_round_trips(parts, collections):
    assert [command.collection for command in commands(Batch(tuple(parts)))] == collections
