"""Enrichment holds on both drivers."""

import pytest

from mongo.driver import Driver


@pytest.fixture(params=["motor", "pymongo"])
def driver(request: pytest.FixtureRequest) -> Driver:
    return request.param
