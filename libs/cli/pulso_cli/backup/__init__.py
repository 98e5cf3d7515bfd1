"""Saves a one-machine stack into one file while it runs, and makes a new one of it."""
