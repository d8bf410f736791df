"""The pages a reader meets, taken apart: fenced blocks, words in code type, links, headings."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.house.code import ROOT

_MARKDOWN = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True)
class Block:
    """A fenced block. ``words`` are what follows the language on its first line."""

    language: str
    words: tuple[str, ...]
    text: str
    where: str

    def word(self, name: str) -> str | None:
        """The value of ``name=value`` among the words."""
        given = (word.partition("=") for word in self.words)
        return next((value for key, _, value in given if key == name), None)


@dataclass(frozen=True)
class Page:
    """One Markdown file; ``file`` is its path from the root of the repository."""

    file: str
    text: str

    @cached_property
    def blocks(self) -> list[Block]:
        return [self._block(token) for token in self._tokens if token.type == "fence"]

    @cached_property
    def code(self) -> list[str]:
        """What stands in code type in the running text."""
        return [token.content for token in self._inline if token.type == "code_inline"]

    @cached_property
    def links(self) -> list[str]:
        hrefs = (token.attrGet("href") or token.attrGet("src") for token in self._inline)
        return [str(href) for href in hrefs if href]

    @cached_property
    def anchors(self) -> set[str]:
        """What a link may point at behind the #."""
        titles = (
            following.content
            for token, following in pairwise(self._tokens)
            if token.type == "heading_open"
        )
        return {slug(title) for title in titles}

    @cached_property
    def prose(self) -> str:
        """The text with every run of white space made one blank, to look for sentences in."""
        return " ".join(self.text.split())

    def _block(self, token: Token) -> Block:
        language, *words = token.info.split() or [""]
        line = token.map[0] + 1 if token.map else 0
        return Block(language, tuple(words), token.content, f"{self.file}:{line}")

    @cached_property
    def _tokens(self) -> list[Token]:
        return _MARKDOWN.parse(self.text)

    @property
    def _inline(self) -> Iterator[Token]:
        return (child for token in self._tokens for child in token.children or ())


def slug(title: str) -> str:
    """The anchor that a heading gets where repositories are read."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def pages(root: Path = ROOT) -> list[Page]:
    """README and its like, and everything under docs/."""
    paths = [*sorted(root.glob("*.md")), *sorted((root / "docs").rglob("*.md"))]
    return [Page(path.relative_to(root).as_posix(), path.read_text()) for path in paths]


def page(file: str) -> Page:
    return Page(file, (ROOT / file).read_text())
