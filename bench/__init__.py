"""Benchmarks: what Rapport answers in a second, beside a floor measured in the same run."""
