"""The house rules about source code: each takes a module and says where it breaks the rule."""

import ast
from collections.abc import Iterator

from tests.house.code import Finding, Module, dotted, imported

_NOW = (
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
    "os.urandom",
    "uuid.uuid1",
    "uuid.uuid4",
)
_DICE = ("random.", "secrets.")
_SEEDED = "random.Random"
"""With a seed it reads nothing from the world: the demos are made of it."""
_ROOTS = {"api/app.py", "api/outside.py"}
_DEFAULTS = {"mongo/unit_of_work.py", "mongo/server/embedded.py"}
"""Where chance is an argument whose default is the world's: waiting times, a password."""

_LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "bind", "log"}
_PERSONAL = {
    *("email", "emails", "mail", "phone", "phones", "name", "given", "family", "surname"),
    *("address", "addresses", "street", "city", "birthday", "birth", "token", "secret"),
    *("password", "authorization", "value", "values", "variables", "query", "search"),
}
_HARMLESS = ("_id", "_ids", "_kind", "_count", "operation_name", "field_name", "index_name")

_ASKING = "enrichment/asking.py"
_PLANNING = "enrichment/planning.py"


def no_now(module: Module) -> Iterator[Finding]:
    """Time and randomness are arguments; only the composition root reads them from the world."""
    if module.file in {*_ROOTS, *_DEFAULTS}:
        return
    tree = module.tree
    bound = imported(tree)
    for node in ast.walk(tree):
        name = dotted(node, bound) if isinstance(node, ast.Attribute | ast.Name) else None
        if name is not None and (name in _NOW or (name.startswith(_DICE) and name != _SEEDED)):
            yield module.finding(node, f"take a Clock, Ids or randomness instead of {name}")
        if isinstance(node, ast.Call) and not node.args and dotted(node.func, bound) == _SEEDED:
            yield module.finding(node, "give it a seed: without one it reads from the world")


def no_pii_log(module: Module) -> Iterator[Finding]:
    """A log line names ids, kinds and counts, never what a person could be known by."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and _is_log_call(node.func):
            for name in dict.fromkeys(_logged(node)):
                if not name.endswith(_HARMLESS) and _PERSONAL & set(name.split("_")):
                    yield module.finding(node, f"do not log {name!r}: log an id or a kind")


def _is_log_call(function: ast.expr) -> bool:
    if isinstance(function, ast.Name):
        return function.id == "bind_contextvars"
    if not isinstance(function, ast.Attribute):
        return False
    if function.attr == "bind_contextvars":
        return True
    owner = function.value
    last = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return function.attr in _LEVELS and last.strip("_").lower() in {"log", "logger"}


def _logged(call: ast.Call) -> Iterator[str]:
    for keyword in call.keywords:
        if keyword.arg is not None:
            yield keyword.arg
    for argument in call.args:
        for node in ast.walk(argument):
            if isinstance(node, ast.Attribute):
                yield node.attr
            elif isinstance(node, ast.Name):
                yield node.id


def consent_gate(module: Module) -> Iterator[Finding]:
    """A source is asked in one place, with questions made in one place, behind the gate."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Await) and _called(node.value) == "match":
            if module.file != _ASKING:
                yield module.finding(node, f"sources are asked in {_ASKING} alone")
        elif _called(node) == "MatchRequest" and module.file != _PLANNING:
            yield module.finding(node, f"questions to sources are made in {_PLANNING} alone")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for question in _ungated(node):
                yield module.finding(question, "return where permission is not allowed, first")


def _called(node: ast.AST) -> str | None:
    if not isinstance(node, ast.Call):
        return None
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", None)


def _ungated(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    """Questions made in the function before it returned for want of permission."""
    for statement in function.body:
        if _returns_unless_allowed(statement):
            return
        yield from (node for node in ast.walk(statement) if _called(node) == "MatchRequest")


def _returns_unless_allowed(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.If)
        and ast.unparse(statement.test).startswith("not ")
        and ast.unparse(statement.test).endswith(".allowed")
        and isinstance(statement.body[-1], ast.Return | ast.Raise)
    )


def short(module: Module, most: int = 250) -> Iterator[Finding]:
    """A file is small enough to hold in the head."""
    lines = module.text.count("\n")
    if lines > most:
        yield Finding(module.file, lines, f"{lines} lines, more than {most}: give it a sibling")
