"""The servers that can be brought along, best first, and how each is started."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

Kind = Literal["mongod", "rust", "wheel"]

REPLICA_SET: Final = "rapport"
_A_DAY_IN_MS: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class Server:
    """One kind of server: its program, what it is good for and where it ends.

    ``ceiling`` is the number of customers beyond which it is too slow; None where disks and memory
    decide. ``abandons`` says that a transaction of a killed client blocks until the next one,
    ``dozes`` that a stop is heard when somebody connects, or else after two seconds.
    """

    kind: Kind
    program: str
    good_for: str
    ceiling: int | None = None
    abandons: bool = False
    dozes: bool = False


SERVERS: Final[tuple[Server, ...]] = (
    Server("mongod", "mongod", "one shop on one machine; it has no second copy of the data"),
    Server(
        "rust",
        "secantusd-rs",
        "development, and shops of up to 200,000 customers that keep backups",
        ceiling=200_000,
    ),
    Server(
        "wheel",
        "secantusd-py",
        "evaluation, and shops of up to 20,000 customers",
        ceiling=20_000,
        abandons=True,
        dozes=True,
    ),
)
BY_KIND: Final = {server.kind: server for server in SERVERS}


@dataclass(frozen=True, slots=True)
class Home:
    """Where one kind of server keeps its things inside the data directory."""

    root: Path

    @classmethod
    def of(cls, directory: Path, kind: Kind) -> "Home":
        return cls(directory / "database" / kind)

    @property
    def store(self) -> Path:
        return self.root / "store"

    @property
    def password(self) -> Path:
        return self.root / "password"

    @property
    def key_file(self) -> Path:
        return self.root / "key"

    @property
    def port(self) -> Path:
        return self.root / "port"

    @property
    def pid(self) -> Path:
        return self.root / "pid"

    @property
    def settings(self) -> Path:
        return self.root / "empty.toml"


def command(kind: Kind, program: Path, home: Home, *, port: int, locked: bool) -> list[str]:
    """What to execute; ``locked`` asks every client for the password."""
    where = [str(program), "--port", str(port)]
    if kind == "mongod":
        locks = ["--auth", "--keyFile", str(home.key_file)] if locked else []
        local = ["--bind_ip", "127.0.0.1", "--nounixsocket", "--replSet", REPLICA_SET]
        # it would log slow commands whole, with the names and addresses that they look for
        discreet = ["--quiet", "--slowms", str(_A_DAY_IN_MS)]
        return [*where, *local, "--dbpath", str(home.store), *discreet, *locks]
    locks = ["--auth"] if locked else []
    # Without --config it would read whatever secantusd.toml lies in the working directory, and
    # without --sync-on-commit acknowledged writes are lost when it is killed.
    local = ["--host", "127.0.0.1", "--config", str(home.settings), "--sync-on-commit"]
    limits = ["--cache-size", "512M", "--log-level", "WARNING"]
    return [*where, *local, "--storage-path", str(home.store), *limits, *locks]
