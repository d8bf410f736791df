"""Collects every problem of an input, so that a form can show them all at once."""

from types import TracebackType

from domain.errors import Invalid, Issue


class Issues:
    """Issues so far; ``raise_any`` ends the collection."""

    def __init__(self) -> None:
        self._found: list[Issue] = []

    def collect(self, *prefix: str) -> "_Collecting":
        """Takes what the block raises as Invalid, its paths under ``prefix``, and goes on."""
        return _Collecting(self, prefix)

    def take(self, problem: Invalid) -> None:
        """Adds what was raised elsewhere."""
        self._found += problem.issues

    def add(self, path: tuple[str, ...], code: str, message: str) -> None:
        self._found.append(Issue(path, code, message))

    def raise_any(self) -> None:
        """Raises Invalid with everything collected, if anything was."""
        if self._found:
            raise Invalid(*self._found)


class _Collecting:
    """No generator: a row of an import opens thirty of these, and those cost four times as much."""

    __slots__ = ("_issues", "_prefix")

    def __init__(self, issues: Issues, prefix: tuple[str, ...]) -> None:
        self._issues = issues
        self._prefix = prefix

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        problem: BaseException | None,
        _trace: TracebackType | None,
    ) -> bool:
        if not isinstance(problem, Invalid):
            return False
        self._issues.take(problem.under(*self._prefix))
        return True
