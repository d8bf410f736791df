"""Durations as callers write them: ISO 8601, without months and years, whose length varies."""

import re
from datetime import timedelta
from typing import Final

from domain.errors import invalid

_SHAPE: Final = re.compile(
    r"P(?=.)(?:(?P<weeks>\d{1,4})W)?(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,6})M)?(?:(?P<seconds>\d{1,8})S)?)?",
    re.ASCII,
)


def duration(text: str, *path: str) -> timedelta:
    """P30D, PT12H, P2W and the like; raises Invalid at ``path``."""
    found = _SHAPE.fullmatch(text.strip())
    if found is None:
        message = "This is not a duration: use ISO 8601 with weeks, days or hours, like P30D."
        raise invalid(path, "DURATION_INVALID", message)
    return timedelta(**{unit: int(value) for unit, value in found.groupdict().items() if value})
