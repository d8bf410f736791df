"""Everything about storage holds on both drivers."""

import pytest

from mongo.driver import Driver
from tests import servers


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """On the wheel, several times slower, both drivers only for what is meant for it."""
    if "driver" not in metafunc.fixturenames:
        return
    is_meant = metafunc.definition.get_closest_marker("wheel") is not None
    both = is_meant or servers.kind() != "wheel"
    metafunc.parametrize("driver", ["motor", "pymongo"] if both else ["motor"], indirect=True)


@pytest.fixture
def driver(request: pytest.FixtureRequest) -> Driver:
    return request.param
