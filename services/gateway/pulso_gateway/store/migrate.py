"""The schema's way from nothing to the newest revision; `python -m pulso_gateway.store.migrate` goes it."""

from pathlib import Path
from typing import Final

from pulso_kit.migrate import migrate_and_end

SCRIPTS: Final = Path(__file__).parent / "migrations"
VERSION_TABLE: Final = "alembic_gateway"

if __name__ == "__main__":
    migrate_and_end("gateway", SCRIPTS)
