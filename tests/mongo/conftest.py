"""Everything about storage holds on both drivers."""

import pytest

from mongo.driver import Driver
from tests import servers


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Also on the wheel, for what is marked for it."""
    if "driver" not in metafunc.fixturenames:
        return
    marked = metafunc.definition.get_closest_marker("wheel") is not None
    both = ("motor", "pymongo")
    metafunc.parametrize("driver", both if marked else servers.drivers(), indirect=True)


@pytest.fixture
def driver(request: pytest.FixtureRequest) -> Driver:
    return request.param
