"""Asks the API and the floor in turn, case by case, round by round."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import uvloop

from bench import processes, shop
from bench.cases import Asking, Case, cases
from bench.measuring import Load, Measured, measured
from bench.processes import Process
from bench.shop import Shop
from bench.table import Round, Setting

NAME = "rapport_bench"
"""The database that is filled, measured and dropped."""


@dataclass(frozen=True, slots=True)
class Options:
    """How much is measured; no ``cases`` means all of them."""

    drivers: Sequence[str]
    connections: Sequence[int]
    rounds: int
    seconds: float
    cases: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Bench:
    """A loaded shop, and how it is to be asked."""

    options: Options
    directory: Path
    database: Process
    shop: Shop
    secret: str

    def run(self) -> dict[Setting, list[Round]]:
        """Every case, on every driver, with every number of connections, in every round."""
        results = defaultdict[Setting, list[Round]](list)
        for driver in self.options.drivers:
            settings = shop.settings_for(self.database.url, NAME, self.secret, driver)
            log = self.directory / f"{driver}.log"
            with (
                processes.server(["api", "serve"], settings, log) as api,
                processes.server(["bench.floor"], settings, log) as floor,
            ):
                pair = _Pair(self, api, floor)
                pair.warm_up()
                for number in range(self.options.rounds):
                    print(f"{driver}: round {number + 1} of {self.options.rounds}", flush=True)
                    for case, connections, both in pair.round():
                        results[Setting(case, connections, driver)].append(both)
        return results


@dataclass(frozen=True, slots=True)
class _Pair:
    """The API and the floor, both up, over one database and driver."""

    bench: Bench
    api: Process
    floor: Process

    def warm_up(self) -> None:
        """Once through everything: prepared operations, windows, connections."""
        load = Load(max(self.bench.options.connections), min(1.0, self.bench.options.seconds))
        for case in self._cases(load):
            self._asked(case, load)

    def round(self) -> Iterator[tuple[str, int, Round]]:
        for connections in self.bench.options.connections:
            load = Load(connections, self.bench.options.seconds)
            for case in self._cases(load):
                yield case.name, connections, self._asked(case, load)

    def _cases(self, load: Load) -> Iterator[Case]:
        wanted = self.bench.options.cases
        every = cases(self.bench.shop, load.seconds)
        return (each for each in every if not wanted or each.name in wanted)

    def _asked(self, case: Case, load: Load) -> Round:
        api = self._measured(self.api, case.api, case, load)
        floor = self._measured(self.floor, case.floor, case, load)
        if case.once:
            newest = self.bench.shop.ids[-1]
            uvloop.run(shop.sweep(self.bench.database.url, NAME, newest))
        return Round(api, floor)

    def _measured(self, server: Process, asking: Asking, case: Case, load: Load) -> Measured:
        token = self.bench.shop.token
        return measured(server, self.bench.database, asking, load, token, once=case.once)
