"""``python -m bench.imports``: how fast a Shopify export comes in, and how much memory it takes."""

import argparse
import csv
import os
import random
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import processes, shop

COLUMNS = (
    *("Customer ID", "First Name", "Last Name", "Email", "Accepts Email Marketing"),
    *("Default Address Address1", "Default Address City", "Default Address Country Code"),
    *("Default Address Zip", "Phone", "Accepts SMS Marketing", "Total Spent", "Total Orders"),
    *("Tax Exempt", "Tags"),
)
_SEED = 20_000
_ANSWERS = ("yes", "no")
_CODE = "import sys; from api.cli import main; sys.argv[0] = 'rapport'; main()"


@dataclass(frozen=True, slots=True)
class Took:
    """One run of the command, as a user runs it."""

    seconds: float
    cpu: float
    database: float
    peak: int

    def line(self, name: str, rows: int) -> str:
        return (
            f"{name:<22} {rows / self.seconds:>8,.0f} {self.seconds:>8.1f} {self.cpu:>8.1f} "
            f"{self.database:>8.1f} {self.peak:>8,}"
        )


def main(arguments: Sequence[str] | None = None) -> None:
    """Imports an export of so many rows, once into an empty shop and once more unchanged."""
    parser = argparse.ArgumentParser("python -m bench.imports", description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--mongodb-url", help="a MongoDB 8 replica set to use instead")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="rapport-bench-") as place:
        folder, secret = Path(place), secrets.token_hex(32)
        file = folder / "customers.csv"
        size = written(file, given.rows)
        with processes.database(folder, given.mongodb_url) as database:
            print(f"{given.rows:,} rows, {size / 1e6:.1f} MB")
            print(f"{'':<22} {'rows/s':>8} {'s':>8} {'CPU s':>8} {'DB CPU s':>8} {'peak MB':>8}")
            name = f"rapport_bench_{secrets.token_hex(4)}"
            settings = shop.settings_for(database.url, name, secret, "motor")
            for run in ("first import", "the same file again"):
                took = imported(file, settings, database)
                print(took.line(run, given.rows), flush=True)


def imported(file: Path, settings: dict[str, str], database: processes.Process) -> Took:
    """Runs `rapport import customers FILE --write` in a process of its own."""
    words = ["import", "customers", str(file), "--write", "--data", str(file.parent)]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RAPPORT_")}
    started, before = time.monotonic(), database.cpu()
    with subprocess.Popen(  # noqa: S603 - composed above
        [sys.executable, "-c", _CODE, *words], env={**kept, **settings}, stdout=subprocess.DEVNULL
    ) as command:
        _, status, usage = os.wait4(command.pid, 0)
        command.returncode = os.waitstatus_to_exitcode(status)
    if command.returncode:
        raise SystemExit(f"The import ended with {command.returncode}.")
    # Linux counts in KiB, macOS in bytes
    peak = usage.ru_maxrss // (1024 if sys.platform != "darwin" else 1024 * 1024)
    cpu = usage.ru_utime + usage.ru_stime
    return Took(time.monotonic() - started, cpu, database.cpu() - before, peak)


def written(path: Path, rows: int) -> int:
    """A seeded export with reserved contacts; its size in bytes."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(_rows(rows))
    return path.stat().st_size


def _rows(rows: int) -> Iterator[Sequence[object]]:
    dice = random.Random(_SEED)
    for number in range(rows):
        tags = ", ".join(dice.sample(shop.TAGS, 3))
        yield (
            *(f"'{700_000 + number}", dice.choice(shop.GIVEN), dice.choice(shop.FAMILY)),
            *(f"person-{number}@example.com", dice.choice(_ANSWERS), f"{number} Example Street"),
            *("Kyiv", "UA", "'01001", f"'+38000{number:07d}", dice.choice(_ANSWERS)),
            *(f"{dice.random() * 500:.2f}", dice.randrange(9), "no", tags),
        )


if __name__ == "__main__":
    main()
