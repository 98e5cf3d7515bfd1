"""What rises, falls or is new in what people talk about: tests on shares, and a bound on false alarms.

The method is described in docs/adr/0014-trends-that-are-true.md.
"""
