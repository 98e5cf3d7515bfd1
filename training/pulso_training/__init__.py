"""Trains, measures and exports the models that sentiment serves."""
