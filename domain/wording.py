"""Short texts that people write for other people: their limits, and their languages."""

import re
from dataclasses import dataclass
from typing import Annotated, Final

from domain.errors import invalid
from domain.personal import NotPersonal

_UNSTORABLE: Final = re.compile(r"[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Translation:
    locale: Annotated[str, NotPersonal]
    text: Annotated[str, NotPersonal]


@dataclass(frozen=True, slots=True)
class Localised:
    """A text with its translations; the text itself is what everybody else sees."""

    text: Annotated[str, NotPersonal]
    translations: tuple[Translation, ...] = ()

    def read_in(self, locale: str | None) -> str:
        """The text for a BCP 47 tag: exact, then ever more general (RFC 4647, 3.4), then ours."""
        known = {t.locale.lower(): t.text for t in self.translations}
        wanted = (locale or "").lower()
        while wanted:
            if wanted in known:
                return known[wanted]
            wanted = wanted.rpartition("-")[0]
        return self.text


def line(text: str, longest: int, *path: str) -> str:
    """One line of 1 to ``longest`` characters without outer blanks; raises Invalid at ``path``."""
    found = paragraph(text, longest, *path)
    if not found.isprintable():
        raise invalid(path, "TEXT_INVALID", "This is one line of text: no line breaks or controls.")
    return found


def paragraph(text: str, longest: int, *path: str) -> str:
    """1 to ``longest`` characters, line breaks allowed; raises Invalid at ``path``."""
    found = text.strip()
    if not found:
        raise invalid(path, "TEXT_REQUIRED", "Write something here: it may not be empty.")
    if len(found) > longest:
        raise invalid(path, "TEXT_TOO_LONG", f"This is too long: at most {longest} characters.")
    if not _storable(found):
        raise invalid(path, "TEXT_INVALID", "This holds characters that are not text.")
    return found


def _storable(text: str) -> bool:
    """Whether every character is one; half a surrogate pair, legal in JSON, is none."""
    return _UNSTORABLE.search(text) is None
