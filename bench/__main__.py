"""``make bench``: fills a shop, asks the API and the floor in turn, prints one table."""

import argparse
import secrets
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import uvloop

from bench import processes, shop
from bench.running import NAME, Bench, Options
from bench.table import table


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures and prints; whatever the figures are, it ends well."""
    given = _parser().parse_args(arguments)
    options = Options(given.drivers, given.connections, given.rounds, given.seconds, given.cases)
    with tempfile.TemporaryDirectory(prefix="rapport-bench-") as place:
        directory, secret = Path(place), secrets.token_hex(32)
        with processes.database(directory, given.mongodb_url) as database:
            started = time.monotonic()
            loaded = uvloop.run(shop.load(database.url, NAME, secret, given.customers))
            took = time.monotonic() - started
            print(f"{given.customers:,} customers loaded in {took:.0f} s", flush=True)
            try:
                results = Bench(options, directory, database, loaded, secret).run()
            finally:
                uvloop.run(shop.drop(database.url, NAME))
    print(f"\n{table(results)}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m bench", description=__doc__)
    drivers = ("motor", "pymongo")
    parser.add_argument("--customers", type=int, default=20_000, help="how many there are")
    parser.add_argument("--rounds", type=int, default=3, help="the table shows their medians")
    parser.add_argument("--seconds", type=float, default=2.0, help="the length of one run")
    parser.add_argument("--connections", type=int, nargs="+", default=[8, 64])
    parser.add_argument("--drivers", nargs="+", choices=drivers, default=drivers)
    parser.add_argument("--cases", nargs="+", default=[], help="only these, like 'by id'")
    parser.add_argument(
        "--mongodb-url",
        help="a MongoDB 8 replica set to use instead of the embedded server; a database "
        f"{NAME} is made there and dropped",
    )
    return parser


if __name__ == "__main__":
    main()
