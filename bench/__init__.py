"""Benchmarks: `.venv/bin/python -m bench.NAME [--quick] [--json FILE]`."""
