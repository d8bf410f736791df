"""The table: the median of the rounds, and what share of the floor it is."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from bench.measuring import Measured

HEAD = (
    *("case", "connections", "driver", "", "requests/s", "p50 ms", "p99 ms"),
    *("CPU ms", "database CPU ms", "of the floor", "by CPU"),
)
_WORDS = 4
"""So many columns are words; the rest are numbers."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What one pair of rows is about."""

    case: str
    connections: int
    driver: str


@dataclass(frozen=True, slots=True)
class Round:
    """One run of the API, and right beside it one of the floor."""

    api: Measured
    floor: Measured


Results = Mapping[Setting, Sequence[Round]]


def table(results: Results) -> str:
    """Markdown, which reads well in a terminal, too."""
    rows = [HEAD, *(row for setting, rounds in results.items() for row in _rows(setting, rounds))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rule = [
        "-" * width if at < _WORDS else "-" * (width - 1) + ":" for at, width in enumerate(widths)
    ]
    return "\n".join(_line(row, widths) for row in (rows[0], rule, *rows[1:]))


def _rows(setting: Setting, rounds: Sequence[Round]) -> Iterator[tuple[str, ...]]:
    where = setting.case, str(setting.connections), setting.driver
    # round by round, so that what disturbs a round disturbs both sides of its ratio
    share = statistics.median(each.api.rate / each.floor.rate for each in rounds)
    by_cpu = statistics.median(_ratio(each.floor.cpu, each.api.cpu) for each in rounds)
    api, floor = median([each.api for each in rounds]), median([each.floor for each in rounds])
    yield *where, "Rapport", *_numbers(api), f"{share:.2f}", f"{by_cpu:.2f}"
    yield *where, "floor", *_numbers(floor), "1.00", "1.00"


def median(runs: Sequence[Measured]) -> Measured:
    """Figure by figure."""
    return Measured(
        **{
            field.name: statistics.median(getattr(run, field.name) for run in runs)
            for field in fields(Measured)
        }
    )


def _ratio(floor: float, api: float) -> float:
    return floor / api if api else 0.0


def _numbers(run: Measured) -> Iterator[str]:
    yield f"{run.rate:,.0f}"
    yield f"{run.p50:.1f}"
    yield f"{run.p99:.1f}"
    yield f"{run.cpu:.2f}"
    yield f"{run.database_cpu:.2f}"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (
        cell.ljust(width) if at < _WORDS else cell.rjust(width)
        for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return f"| {' | '.join(padded)} |"
