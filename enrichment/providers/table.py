"""A partner's file inside DuckDB: loaded once, its keys normalised, asked by batches.

Values are bound, never written into SQL; the only names that are come from the file's own schema
and are quoted. DuckDB's own messages quote rows, so none of them leaves this module.
"""

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from enrichment.keys import KeyKind
from enrichment.providers.table_shape import KeyColumn, TableShape, csv_header, undecodable
from enrichment.sources import Misconfigured

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# spellings of one contact that must meet: what the customer's own normal form does, in SQL
_NORMAL: Final = {
    KeyKind.EMAIL_HASH: "lower(trim({}))",
    KeyKind.PHONE_HASH: "lower(trim({}))",
    KeyKind.EMAIL_DOMAIN: "lower(trim({}))",
    KeyKind.EMAIL: "lower(nfc_normalize(trim({})))",
    # letters and extensions make it another number: such a cell is no key at all
    KeyKind.PHONE: (
        r"case when regexp_full_match({0}, '[\s(]*\+?[\s0-9./()-]*') "
        r"then regexp_replace({0}, '[\s./()-]', '', 'g') end"
    ),
}
_SHAPE: Final = {
    KeyKind.EMAIL_HASH: ("^[0-9a-f]{64}$", "SHA-256 hashes of 64 hex digits"),
    KeyKind.PHONE_HASH: ("^[0-9a-f]{64}$", "SHA-256 hashes of 64 hex digits"),
    KeyKind.EMAIL_DOMAIN: (r"^[^@\s]+\.[^@\s]+$", "domains"),
    KeyKind.EMAIL: (r"^[^@\s]+@[^@\s]+$", "e-mail addresses"),
    KeyKind.PHONE: (r"^\+[0-9]{6,15}$", "numbers in E.164, such as +12025550123"),
}
_LINE: Final = re.compile(r"CSV Error on Line: (\d+)")


@dataclass(frozen=True, slots=True)
class Hit:
    """What one key found: how many rows, and the first of them with its cells as text."""

    request: int
    key: KeyColumn
    rows: int
    row: int
    cells: dict[str, str | None]


class Table:
    """One file. Every method blocks, and one runs at a time: call them from threads."""

    def __init__(self, shape: TableShape, *, memory_limit: str = "256MB") -> None:
        self._shape = shape
        self._memory_limit = memory_limit
        self._lock = Lock()
        self._spill: tempfile.TemporaryDirectory[str] | None = None
        self._connection: DuckDBPyConnection | None = None
        self._loaded: tuple[int, int] | None = None

    def find(self, wanted: Sequence[tuple[int, int, str]]) -> list[Hit]:
        """Hits for (request, index of the key column, normal form); raises Misconfigured."""
        with self._lock:
            connection = self._ready()
            columns = self._shape.columns()
            cells = ", ".join(f"p.v{index}" for index in range(len(columns)))
            joins = " union all ".join(
                f"select w.i, w.c, count(*) as rows, min(p.n) as n from wanted w "  # noqa: S608 - numbers only
                f"join partner p on p.k{index} = w.v where w.c = {index} group by w.i, w.c"
                for index in range(len(self._shape.keys))
            )
            sql = (
                "with wanted as (select unnest(?::integer[]) as i, unnest(?::integer[]) as c, "  # noqa: S608 - numbers only
                f"unnest(?::varchar[]) as v), hit as ({joins}) "
                f"select hit.i, hit.c, hit.rows, hit.n, {cells} "
                "from hit join partner p on p.n = hit.n order by hit.i, hit.c"
            )
            lists = [[row[part] for row in wanted] for part in range(3)]
            found: list[tuple[Any, ...]] = connection.execute(sql, lists).fetchall()
        return [
            Hit(
                request=row[0],
                key=self._shape.keys[int(row[1])],
                rows=row[2],
                row=row[3],
                cells=dict(zip(columns, row[4:], strict=True)),
            )
            for row in found
        ]

    def check(self) -> None:
        """Loads the file where it is new or changed; raises Misconfigured."""
        with self._lock:
            self._ready()

    def close(self) -> None:
        """Forgets the file and what it spilled to disk."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            if self._spill is not None:
                self._spill.cleanup()
            self._connection = self._spill = self._loaded = None

    def _ready(self) -> "DuckDBPyConnection":
        stamp = self._stamp()
        if self._connection is None:
            self._connection = self._open()
        if self._loaded != stamp:
            self._loaded = None
            self._load(self._connection)
            self._loaded = stamp
        return self._connection

    def _stamp(self) -> tuple[int, int]:
        try:
            state = self._shape.path.stat()
        except OSError:
            message = f"The file {self._shape.path} is missing or not readable: put it there."
            raise Misconfigured(message) from None
        return state.st_mtime_ns, state.st_size

    def _open(self) -> "DuckDBPyConnection":
        import duckdb  # noqa: PLC0415 - 100 MB of library: nobody pays who has no partner file

        self._spill = tempfile.TemporaryDirectory(prefix="rapport-partner-")
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": self._memory_limit,
            "threads": 1,
            "temp_directory": self._spill.name,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        return duckdb.connect(":memory:", config=settings)

    def _load(self, connection: "DuckDBPyConnection") -> None:
        import duckdb  # noqa: PLC0415 - as above

        try:
            columns, source, arguments = self._source(connection)
            keys = ", ".join(
                f"nullif({_NORMAL[key.kind].format(columns[key.column])}, '') as k{index}"
                for index, key in enumerate(self._shape.keys)
            )
            cells = ", ".join(
                f"cast({columns[column]} as varchar) as v{index}"
                for index, column in enumerate(self._shape.columns())
            )
            connection.execute(
                "create or replace table partner as "  # noqa: S608 - quoted names of the schema
                f"select row_number() over () as n, {keys}, {cells} from {source}",
                arguments,
            )
            self._check_keys(connection)
        except duckdb.Error as problem:
            raise Misconfigured(self._explained(str(problem))) from None

    def _source(self, connection: "DuckDBPyConnection") -> tuple[dict[str, str], str, list[object]]:
        """SQL of each needed column, of the table function, and the arguments of the latter."""
        path = str(self._shape.path)
        if self._shape.is_parquet:
            described = connection.execute("describe select * from read_parquet(?)", [path])
            header = [row[0] for row in described.fetchall()]
            quoted = {name: f"cast({_quoted(name)} as varchar)" for name in header}
            self._shape.check_columns(header)
            return quoted, "read_parquet(?)", [path]
        header = csv_header(self._shape)
        self._shape.check_columns(header)
        names = {name: f"c{index}" for index, name in enumerate(header)}
        types = {f"c{index}": "VARCHAR" for index in range(len(header))}
        # no sniffing: it takes a malformed file for one with another header and says nothing
        source = (
            "read_csv(?, columns = ?, delim = ?, header = true, auto_detect = false, "
            "quote = '\"', escape = '\"', compression = 'none')"
        )
        return names, source, [path, types, self._shape.delimiter]

    def _check_keys(self, connection: "DuckDBPyConnection") -> None:
        for index, key in enumerate(self._shape.keys):
            pattern, meaning = _SHAPE[key.kind]
            row = connection.execute(
                f"select count(k{index}), "  # noqa: S608 - a number only
                f"count(*) filter (where regexp_matches(k{index}, ?)) from partner",
                [pattern],
            ).fetchone()
            filled, fitting = row or (0, 0)
            if filled and not fitting:
                raise Misconfigured(
                    f"{self._shape.path.name}, column {key.column!r}: none of its {filled} values "
                    f"are {meaning}, which {key.kind} needs."
                )

    def _explained(self, problem: str) -> str:
        name = self._shape.path.name
        if "utf-8" in problem.lower() and not self._shape.is_parquet:
            return undecodable(self._shape)
        line = _LINE.search(problem)
        if line is not None:
            return f"{name}, line {line[1]}: the row does not fit the header; check its quotes."
        return f"{name} cannot be read as {'Parquet' if self._shape.is_parquet else 'CSV'}."


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def is_pattern(path: Path) -> bool:
    """Whether DuckDB would read the path as a pattern of many files."""
    return any(sign in str(path) for sign in "*?[{")
