"""By plans or by graphql-core: the same answer, to the letter, also where the data is faulty."""

import json
import os
import warnings
from typing import Any

import pytest
import strawberry

from tests import servers
from tests.api.execution.fuzzing import Context, World

# on the wheel properties are smoke tests
CASES = int(os.environ.get("RAPPORT_FUZZ", "45" if servers.kind() == "wheel" else "150"))


def told(result: Any) -> tuple[str, list[Any]]:
    errors = [
        (each.message, each.path, [(at.line, at.column) for at in each.locations or ()])
        for each in result.errors or ()
    ]
    return json.dumps(result.data, default=repr), errors


async def answers(world: World, query: str, variables: dict[str, Any], context: Context):
    root = world.root()
    reference = await strawberry.Schema.execute(
        world.schema, query, variables, context, root_value=root
    )
    prepared = world.schema.operations.get(query, None)
    found = []
    for _ in range(3):
        done = prepared.operation.execute(variables, context, root, None)
        found.append(told(await done if hasattr(done, "__await__") else done))
    return told(reference), found


@pytest.mark.parametrize("faults", [0.0, 0.03, 0.15])
async def test_plans_answer_as_graphql_core_does(faults):
    planned = 0
    for seed in range(CASES // 3):
        world = World(seed, faults=faults)
        query, variables = world.query(), world.variables()
        assert world.schema.operations.get(query, None).errors == ()
        context = Context(open=world.draw.random() < 0.6)
        with warnings.catch_warnings():
            # a coroutine among faulty items of a list is awaited by nobody, there as here
            warnings.simplefilter("ignore", RuntimeWarning)
            reference, found = await answers(world, query, variables, context)
        assert found == [reference] * 3, f"seed {seed}, faults {faults}: {query}"
        planned += bool(world.schema.operations.get(query, None).operation.plans_written)
    assert planned > CASES // 10
