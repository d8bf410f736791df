"""What the database is asked, as the drivers tell it: for counting and for explaining."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

from pymongo import monitoring

Command = dict[str, Any]

_ENVELOPE = frozenset({"lsid", "txnNumber", "startTransaction", "autocommit", "writeConcern"}) | {
    *("$db", "$clusterTime", "$readPreference", "readConcern", "maxTimeMS", "apiVersion")
}
_HOUSEKEEPING = frozenset({"hello", "ismaster", "ping", "buildInfo", "endSessions", "explain"})


class Recorder(monitoring.CommandListener):
    """The commands of every client made after this module was imported, while it is told to."""

    def __init__(self) -> None:
        self._into: list[Command] | None = None

    @contextmanager
    def recording(self) -> Iterator[list[Command]]:
        """A list that grows by every command until the end of the block."""
        self._into = []
        try:
            yield self._into
        finally:
            self._into = None

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if self._into is not None and event.command_name not in _HOUSEKEEPING:
            # the driver goes on to use what it shows
            self._into.append(deepcopy(dict(event.command)))

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        pass

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        pass


RECORDER = Recorder()
monitoring.register(RECORDER)


def counted(commands: Sequence[Command]) -> Counter[str]:
    """How many of each: "find customers", "bulkWrite"."""
    return Counter(_named(command) for command in commands)


def _named(command: Command) -> str:
    name, target = next(iter(command.items()))
    return f"{name} {target}" if isinstance(target, str) else name


def looking(command: Command) -> Iterator[Command]:
    """The parts of a command that look for documents, each as the server can explain it."""
    name = next(iter(command))
    bare = {key: value for key, value in command.items() if key not in _ENVELOPE}
    if name in {"find", "count", "distinct", "findAndModify"}:
        yield bare
    elif name == "aggregate":
        yield from _pipelines(command["aggregate"], command["pipeline"])
    elif name == "update":
        yield from ({"update": command["update"], "updates": [each]} for each in command["updates"])
    elif name == "delete":
        yield from ({"delete": command["delete"], "deletes": [each]} for each in command["deletes"])
    elif name == "bulkWrite":
        yield from _writes(command)


def _pipelines(collection: str, pipeline: Sequence[Command]) -> Iterator[Command]:
    unions = [stage["$unionWith"] for stage in pipeline if "$unionWith" in stage]
    own = [stage for stage in pipeline if "$unionWith" not in stage]
    yield {"aggregate": collection, "pipeline": own, "cursor": {}}
    for union in unions:
        yield from _pipelines(union["coll"], union["pipeline"])


def _writes(command: Command) -> Iterator[Command]:
    names = [each["ns"].partition(".")[2] for each in command["nsInfo"]]
    for op in command["ops"]:
        if "update" in op:
            one = {"q": op["filter"], "u": op["updateMods"], "multi": op.get("multi", False)}
            yield {"update": names[op["update"]], "updates": [one]}
        elif "delete" in op:
            one = {"q": op["filter"], "limit": int(not op.get("multi", False))}
            yield {"delete": names[op["delete"]], "deletes": [one]}


def shape(value: object) -> object:
    """The same for two commands that differ only in what they look for."""
    if isinstance(value, Mapping):
        return tuple((key, shape(inner)) for key, inner in value.items() if key != "limit")
    if isinstance(value, list | tuple):
        return tuple(dict.fromkeys(shape(inner) for inner in value))
    return value if isinstance(value, str) and value[:1] in {"$", ""} else type(value).__name__


def stages(plan: object) -> Iterator[str]:
    """Every stage of a plan that won."""
    if isinstance(plan, Mapping):
        if isinstance(plan.get("stage"), str):
            yield plan["stage"]
        for key, inner in plan.items():
            if key != "rejectedPlans":
                yield from stages(inner)
    elif isinstance(plan, list | tuple):
        for inner in plan:
            yield from stages(inner)
