"""Enrichment: what may leave, what comes back, what is kept."""
