"""Lock files name what to install, never from where: that is the machine's to say."""

import re
from collections.abc import Iterator
from pathlib import Path

_PATTERNS = ("*.lock", "*.lock.txt", "requirements*", "pylock*.toml", "requirements/*", "locks/*")
_ADDRESS = re.compile(
    r"https?://\S+|--(?:extra-)?index-url\b|--find-links\b|(?:^|\s)-i\s", re.IGNORECASE
)


def lock_files(root: Path) -> list[Path]:
    found = {path for pattern in _PATTERNS for path in root.glob(pattern)}
    return sorted(path for path in found if path.is_file())


def addresses(path: Path) -> Iterator[str]:
    """Each line of the file that says where something comes from."""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if found := _ADDRESS.search(line):
            yield f"{path.name}:{number}: leave out {found[0]!r}"
