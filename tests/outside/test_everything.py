"""Nothing is published that no partner has tried."""

import re
from pathlib import Path

import pytest

from tests.outside.conftest import SCHEMA
from tests.outside.test_refusals import MUTATIONS

ROOTS = [*SCHEMA.query_type.fields, *SCHEMA.mutation_type.fields]


STORIES = ("people.py", "test_customers.py", "test_lists.py", "test_subjects.py")


def _stories():
    return "\n".join((Path(__file__).parent / name).read_text() for name in STORIES)


@pytest.mark.parametrize("field", ROOTS)
def test_every_query_and_mutation_is_asked_from_outside(field):
    # a selection or arguments behind the name: a mere mention is no test
    assert re.search(rf"\b{field}\b\s*[({{]", _stories()), f"no test in tests/outside asks {field}"


def test_every_mutation_is_tried_without_its_scope():
    assert set(MUTATIONS) == set(SCHEMA.mutation_type.fields)


def test_every_condition_of_a_filter_is_tried():
    cases = (Path(__file__).parent / "test_lists.py").read_text()
    where = SCHEMA.type_map["CustomerWhere"]
    for name, field in where.fields.items():
        assert f'{{"{name}":' in cases, name
        for operator in getattr(field.type, "fields", {}):
            asked = operator in {"key", "purpose", "channel", "source", "value"}
            assert asked or f'"{operator}":' in cases, (name, operator)
