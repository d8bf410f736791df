"""The kinds of file that can be read, and what a Shopify export does not tell of its consents."""

from enum import StrEnum
from typing import Final

UNKNOWN_WORDING: Final = (
    "Not known: imported from a Shopify customer export, which keeps no evidence of the wording."
)
UNKNOWN_VERSION: Final = "unknown"


class FileFormat(StrEnum):
    """What kinds of file can be read; the last two need a mapping."""

    SHOPIFY = "shopify"
    CSV = "csv"
    JSONL = "jsonl"
