"""No lock file carries the address of a registry."""

from pathlib import Path

import pytest

from tests.house.code import ROOT
from tests.house.hosts import addresses, lock_files


def test_no_lock_file_names_a_registry():
    assert [found for path in lock_files(ROOT) for found in addresses(path)] == []


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://pypi.example/simple",
        "--extra-index-url=https://pypi.example/simple",
        "-i https://pypi.example/simple",
        "--find-links ./wheels",
        "orjson @ https://files.example/orjson.whl",
        "# pip-compile --index-url https://pypi.example/simple",
    ],
)
def test_an_address_is_found_wherever_it_stands(tmp_path: Path, line):
    (tmp_path / "requirements").mkdir()
    lock = tmp_path / "requirements" / "requirements-dev.txt"
    lock.write_text(f"orjson==3.10 --hash=sha256:abc\n{line}\n")
    assert lock_files(tmp_path) == [lock]
    (found,) = addresses(lock)
    assert found.startswith("requirements-dev.txt:2")


def test_names_versions_and_hashes_are_fine(tmp_path: Path):
    lock = tmp_path / "run.lock"
    lock.write_text("orjson==3.10 \\\n    --hash=sha256:abc\n    # via rapport-crm\n")
    assert list(addresses(lock)) == []
