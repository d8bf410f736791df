"""The kinds of file that can be read."""

from enum import StrEnum


# not in intake/files.py: --help lists them, and must not load what reads files
class FileFormat(StrEnum):
    """What kinds of file can be read; the last two need a mapping."""

    SHOPIFY = "shopify"
    CSV = "csv"
    JSONL = "jsonl"
