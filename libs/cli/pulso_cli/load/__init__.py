"""Driving a deployment at a given rate, and what it made of it."""

from pulso_cli.load.drive import Drive, drive
from pulso_cli.load.outcome import Figures, Outcome, summary

__all__ = ["Drive", "Figures", "Outcome", "drive", "summary"]
