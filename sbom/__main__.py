"""`python -m sbom FOLDER`: a bill for each image."""

import sys
from pathlib import Path
from typing import Final

from sbom.bill import bill, text_of

SERVICES: Final = ("gateway", "ingest", "sentiment", "trends", "insights")

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for service in SERVICES:
        (folder / f"{service}.cdx.json").write_text(text_of(bill(service)), encoding="utf-8")
