"""Points, the ledger they live in, and the tiers that follow."""
