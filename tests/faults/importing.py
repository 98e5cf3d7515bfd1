"""A client that brings items in until each of them is accepted, whatever happens on the way."""

import asyncio
import csv
import io
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

BATCH = 100
RETRY_SECONDS = 0.1
TEXTS = (
    "El lomo saltado estuvo excelente",
    "El pedido llegó frío y tarde",
    "Es una tienda cerca del parque",
    "Riquísima la chicha, pero la entrega fue lenta",
)
REGIONS = ("Lima", "Arequipa", "Cusco", "Piura", "")
CHANNELS = ("review", "survey", "chat")


def items(source: str, count: int) -> list[dict[str, str]]:
    """Items of many days, departments and channels, so that many roll-ups have something to get wrong."""
    newest = datetime.now(UTC) - timedelta(hours=1)
    return [
        {
            "source": source,
            "external_id": str(number),
            "text": f"{TEXTS[number % len(TEXTS)]} ({number})",
            "channel": CHANNELS[number % len(CHANNELS)],
            "region": REGIONS[number % len(REGIONS)],
            "product": source,
            "created_at": (newest - timedelta(hours=number % 200)).isoformat(),
        }
        for number in range(count)
    ]


class Importer:
    """Sends what was not accepted again, with the same ids, as the API asks its clients to."""

    def __init__(self, url: str) -> None:
        self._client = httpx.AsyncClient(base_url=url, timeout=15.0)
        self.accepted: dict[str, str] = {}
        """External id to id, of what came in batches."""
        self.imported = 0
        """Rows of the file that the job has published."""

    async def close(self) -> None:
        await self._client.aclose()

    @property
    def progress(self) -> int:
        return len(self.accepted) + self.imported

    async def send_batches(self, rows: list[dict[str, str]]) -> None:
        for first in range(0, len(rows), BATCH):
            batch = rows[first : first + BATCH]
            results = (await self._insist("POST", "/feedback/batch", json=batch))["items"]
            assert {result["status"] for result in results} <= {"accepted", "duplicate"}
            for row, result in zip(batch, results, strict=True):
                self.accepted[row["external_id"]] = result["id"]

    async def import_file(self, rows: list[dict[str, str]]) -> None:
        """Uploads the rows as a CSV and follows the job to its end."""
        table = io.StringIO()
        writer = csv.DictWriter(table, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        job = await self._insist("POST", "/imports", content=table.getvalue().encode())
        while job["state"] in {"queued", "running"}:
            await asyncio.sleep(RETRY_SECONDS)
            job = await self._insist("GET", f"/imports/{job['id']}")
            self.imported = job["rows"]
        assert (job["state"], job["rejected"]) == ("completed", 0), job
        assert job["accepted"] + job["duplicates"] == job["rows"] == len(rows)

    async def _insist(self, method: str, path: str, **content: Any) -> Any:
        while True:
            with suppress(httpx.TransportError):
                answer = await self._client.request(method, path, **content)
                if answer.is_success:
                    return answer.json()
                assert answer.status_code == 503, f"{answer.status_code}: {answer.text}"
                assert answer.headers["retry-after"]
            await asyncio.sleep(RETRY_SECONDS)
