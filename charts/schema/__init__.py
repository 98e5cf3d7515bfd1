"""Writes each chart's `values.schema.json`; the settings in it come from the services' own classes."""
