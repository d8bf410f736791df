"""A database to import into, and a way to write files."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mongo.database import Database
from tests.intake.stocked import Stocked, stocked
from tests.shop import Clock


@pytest.fixture
async def shop(database: Database) -> Stocked:
    return await stocked(database, Clock())


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    def written(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8", newline="")
        return path

    return written
