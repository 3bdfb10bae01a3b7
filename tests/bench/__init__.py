"""Benchmarks: ratios in one run, written to docs/benchmarks/. Not collected by pytest."""
