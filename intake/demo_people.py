"""The names, places and reserved numbers that invented people are made of."""

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict


class Place(BaseModel):
    """A country with its script; names come with their ASCII spelling.

    ``phone`` is a pattern of ``phones`` numbers reserved for fiction, None where there are none.
    ``cities`` are name, postal code and, where letters need it, the region.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    country: str
    locale: str
    time_zone: str
    given: tuple[tuple[str, str], ...]
    family: tuple[tuple[str, str], ...]
    streets: tuple[str, ...]
    cities: tuple[tuple[str, str] | tuple[str, str, str], ...]
    phone: str | None = None
    phones: int = 0


class _Places(BaseModel):
    places: tuple[Place, ...]


@cache
def places() -> Sequence[Place]:
    """Every place of ``demo_people.toml``."""
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    return _Places.model_validate(tomllib.loads(text)).places
