"""Files that the system does not let us use are told in a sentence, by whoever meets them first."""

import pytest

from mongo.fitness import DatabaseUnfit
from mongo.server import lock
from mongo.server.embedded import embedded, reached
from tests.mongo.server.conftest import Lines


async def test_a_directory_that_cannot_be_locked(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseUnfit, match="cannot be locked"):
        async with lock.held(tmp_path / "file"):
            pass


async def test_files_of_the_database_that_cannot_be_written(tmp_path):
    (tmp_path / "database").touch()
    with pytest.raises(DatabaseUnfit, match=r"cannot be used \(.*database.*: Not a directory\)"):
        async with embedded(tmp_path, log=Lines()):
            pass


async def test_a_server_whose_lock_cannot_be_looked_at(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseUnfit, match="cannot be used"):
        async with reached(tmp_path / "file", log=Lines()):
            pass
