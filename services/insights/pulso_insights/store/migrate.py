"""The schema's way from nothing to the newest revision."""

from pathlib import Path
from typing import Final

SCRIPTS: Final = Path(__file__).parent / "migrations"
VERSION_TABLE: Final = "alembic_insights"
