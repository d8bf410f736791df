"""The secret of a data directory: one, whole, and for its owner's eyes only."""

import stat
from concurrent.futures import ThreadPoolExecutor

from api.secrets import instance_secret
from api.settings import Settings


def test_processes_that_start_together_agree_on_one_secret(tmp_path):
    settings = Settings(data=tmp_path / "data")

    def digest(number):
        made = instance_secret(settings, lambda length: bytes([number]) * length)
        return made.digest("any", "thing")

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(digest, range(8)))) == 1
    assert [file.name for file in settings.data.iterdir()] == ["secret"]


def test_only_the_owner_may_read_the_data_directory_and_the_secret(tmp_path):
    settings = Settings(data=tmp_path / "data")
    instance_secret(settings, bytes)
    assert stat.S_IMODE(settings.data.stat().st_mode) == 0o700
    assert stat.S_IMODE((settings.data / "secret").stat().st_mode) == 0o600
