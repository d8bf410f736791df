"""Structured logs without personal data: what our code says, and what libraries may say."""

import contextlib
import logging
import sys
from collections.abc import MutableMapping
from functools import cache, partial
from typing import Any, Final, TextIO, cast

import orjson
import structlog
from structlog.types import EventDict, Processor

from api import outside
from api.execution.masking import causes

_OURS: Final = ("rapport", "uvicorn")
_SILENT: Final = ("strawberry", "uvicorn.access")
"""Both write what was asked for into their messages; our own lines stand in for them."""

_AS_JSON: Final = orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z


def configure(level: str = "info", stream: TextIO = sys.stderr) -> None:
    """From now on every line goes to ``stream``: JSON, or coloured text on a terminal.

    ``level`` is the least severe of our own and the server's lines; libraries are heard from
    warnings on. Their lines keep their kind and their place but lose their message, which may quote
    values; so do exceptions, of which types and frames remain.
    """
    terminal = stream.isatty()
    renderer: Processor = structlog.dev.ConsoleRenderer() if terminal else _json
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True) if terminal else _stamped,
        without_messages,
    ]
    # our own lines do not go through the standard library: that costs twice as much as they do
    structlog.configure(
        processors=[*shared, renderer],
        # one for each name: structlog asks for it again at every line
        logger_factory=cache(partial(_Lines, stream)),
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[template_only, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    for name in _OURS:
        logging.getLogger(name).setLevel(level.upper())
    # what it says in peace, that it started and stopped, `rapport serve` says in its own words
    logging.getLogger("uvicorn").setLevel(max(logging.WARNING, logging.getLogger("rapport").level))
    for name in _SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


class _Lines(structlog.WriteLogger):
    """Writes a line at once and whole; has a name, as loggers of the standard library do.

    A line that cannot be written is lost, as with them: a full disk must not fail requests.
    """

    def __init__(self, stream: TextIO, name: str = "rapport") -> None:
        super().__init__(stream)
        self.name = name

    def msg(self, message: str) -> None:
        # ValueError: the stream is closed
        with contextlib.suppress(OSError, ValueError):
            super().msg(message)

    log = debug = info = warn = warning = msg
    fatal = failure = err = error = critical = exception = msg


def template_only(_: object, __: str, line: EventDict) -> EventDict:
    """Of a library's line the logger, the place and, where it is one of ours, the template."""
    record: logging.LogRecord = line["_record"]
    trusted = record.name.partition(".")[0] in _OURS
    line["event"] = record.msg if trusted and isinstance(record.msg, str) else "library"
    line["at"] = f"{record.module}:{record.lineno}"
    if record.exc_info:
        line["exc_info"] = record.exc_info
    # the formatter would append the traceback, with its message, on its own
    record.exc_info = record.exc_text = record.stack_info = None
    return line


def without_messages(_: object, __: str, line: EventDict) -> EventDict:
    """An exception becomes its types and frames."""
    raised: Any = line.pop("exc_info", None)
    if raised is True:
        raised = sys.exc_info()[1]
    elif isinstance(raised, tuple):
        raised = cast("tuple[Any, Any, Any]", raised)[1]
    if isinstance(raised, BaseException):
        line["causes"] = list(causes(raised))
    return line


def _stamped(_: object, __: str, line: EventDict) -> EventDict:
    """The moment, which orjson writes as ISO 8601 for a fraction of what structlog takes."""
    line["timestamp"] = outside.instant()
    return line


def _json(_: object, __: str, line: MutableMapping[str, Any]) -> str:
    return orjson.dumps(dict(line), default=_kind, option=_AS_JSON).decode()


def _kind(value: object) -> str:
    """What JSON does not know is named by its type: its text may hold anything."""
    return f"<{type(value).__qualname__}>"
