"""Segments: groups of people who talk about the same things, found only where people really differ.

What one person said on one day is the unit: who complains three times about one order says it once.
"""
