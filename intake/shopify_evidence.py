"""What stands for the evidence of consents that a Shopify export does not tell."""

from typing import Final

# not in intake/shopify.py: --help shows a default, and must not load what reads files
UNKNOWN_VERSION: Final = "unknown"
UNKNOWN_WORDING: Final = (
    "Not known: imported from a Shopify customer export, which keeps no evidence of the wording."
)
