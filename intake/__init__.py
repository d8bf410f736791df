"""Rows from files become customers: readers, mappings, reports."""
