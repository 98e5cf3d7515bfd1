"""Writes a software bill of materials (CycloneDX) for the image of each service."""
