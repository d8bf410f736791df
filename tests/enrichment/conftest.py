"""Enrichment holds on both drivers."""

import pytest

from mongo.driver import Driver
from tests import servers


@pytest.fixture(params=servers.drivers())
def driver(request: pytest.FixtureRequest) -> Driver:
    return request.param
