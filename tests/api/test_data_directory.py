"""The data directory is made where it can be; elsewhere one sentence says what to do."""

import os
from pathlib import Path

import pytest

from api import app
from api.data_directory import DirectoryUnfit, is_begun, prepare
from api.secrets import SecretMissing, instance_secret
from api.settings import Settings


def test_a_new_directory_is_for_its_user_alone(tmp_path):
    prepare(tmp_path / "a" / "b", begin=True)
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700


def test_a_database_that_has_to_be_there_is_not_begun(tmp_path):
    with pytest.raises(DirectoryUnfit, match=r"There is no database in .*/a yet"):
        prepare(tmp_path / "a", begin=False)
    assert not (tmp_path / "a").exists()
    (tmp_path / "a" / "database").mkdir(parents=True)
    prepare(tmp_path / "a", begin=False)


def test_a_file_in_the_way_is_told(tmp_path):
    (tmp_path / "file").touch()
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        assert not is_begun(place)
        with pytest.raises(DirectoryUnfit, match=r"a file is in the way\. Name a directory"):
            prepare(place, begin=True)


def test_what_the_system_refuses_is_told(tmp_path, monkeypatch):
    with pytest.raises(DirectoryUnfit, match="No such file or directory"):
        prepare(Path("/proc/nothing"), begin=True)
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(DirectoryUnfit, match="Permission denied"):
        prepare(tmp_path, begin=True)


async def test_nothing_is_opened_over_an_unfit_directory(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(app.CannotStart, match="a file is in the way"):
        async with app.opened(Settings(data=tmp_path / "file")):
            pass


def test_a_secret_that_cannot_be_read_is_told(tmp_path):
    (tmp_path / "secret").mkdir()
    with pytest.raises(SecretMissing, match="can be neither read nor made: Is a directory"):
        instance_secret(Settings(data=tmp_path), bytes)
