"""People who bring feedback, ask, have texts scored and briefs written, all the time, through the gateway."""

import asyncio
from typing import Any

import httpx

from tests.faults.importing import RETRY_SECONDS, items

BATCH = 20
PAUSE_SECONDS = 0.1
SOURCE = "upgrade"
QUESTIONS = (
    ("/trends/status", {}),
    ("/trends/sentiment", {"bucket": "day", "group_by": "region"}),
    ("/feedback", {"product": SOURCE, "limit": "50"}),
    ("/trends/emerging", {}),
)


TEXTS = ["El lomo saltado estuvo excelente", "El pedido llegó frío y tarde"]
LONGER_PAUSE_SECONDS = 1.0
"""Between briefs, each of which asks trends some fifteen questions, and between texts to score."""


class Load:
    """What is refused with a 503 is tried again after a while, as the API asks; any other failure is one."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self.accepted: set[str] = set()
        """External ids."""
        self.answered = 0
        self.models: set[str] = set()
        """Those that scored texts over HTTP."""
        self.briefs: dict[str, Any] = {}
        """As they were answered when they were written, by id."""
        self.over = asyncio.Event()

    async def bring(self) -> None:
        """Batches of new items."""
        number = 0
        while not self.over.is_set():
            batch = [item | {"external_id": str(number + at)} for at, item in enumerate(items(SOURCE, BATCH))]
            result = await self._insist("POST", "/feedback/batch", json=batch)
            assert result["rejected"] == 0
            self.accepted |= {item["external_id"] for item in batch}
            number += BATCH
            await asyncio.sleep(PAUSE_SECONDS)

    async def ask(self) -> None:
        """Questions of every kind in turn."""
        while not self.over.is_set():
            for path, parameters in QUESTIONS:
                await self._insist("GET", path, params=parameters)
                self.answered += 1
            await asyncio.sleep(PAUSE_SECONDS)

    async def score(self) -> None:
        """Texts that are wanted scored at once."""
        while not self.over.is_set():
            answer = await self._insist("POST", "/sentiment", json={"texts": TEXTS})
            assert [each["sentiment"] for each in answer["results"]] == ["positive", "negative"]
            self.models.add(answer["model_version"])
            await asyncio.sleep(LONGER_PAUSE_SECONDS)

    async def brief(self) -> None:
        """Briefs; each is read again, and so is the first one."""
        while not self.over.is_set():
            brief = await self._insist("POST", "/insights", json={"scope": {"product": SOURCE}})
            self.briefs[brief["id"]] = brief
            for each in (brief, next(iter(self.briefs.values()))):
                assert_same(await self._insist("GET", f"/insights/{each['id']}"), each)
            await asyncio.sleep(LONGER_PAUSE_SECONDS)

    async def _insist(self, method: str, path: str, **content: Any) -> Any:
        while True:
            answer = await self._client.request(method, path, **content)
            if answer.is_success:
                return answer.json()
            assert answer.status_code == 503, f"{method} {path}: {answer.status_code} {answer.text}"
            assert answer.headers["retry-after"]
            await asyncio.sleep(RETRY_SECONDS)


def assert_same(read: dict[str, Any], written: dict[str, Any]) -> None:
    """A brief says the same, whoever reads it; releases may differ in fields beside."""
    assert [read[name] for name in ("text", "facts")] == [written[name] for name in ("text", "facts")]
