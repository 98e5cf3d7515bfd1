"""Campaigns of copied remarks, through the code that decides what is a voice of its own."""

import asyncio
import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from pulso_contracts.events import FeedbackScored
from pulso_kit.database import Database
from pulso_trends.domain.words import words
from pulso_trends.store.migrate import migrate
from pulso_trends.store.transaction import core_transaction
from pulso_trends.store.voices import hear

COPIES: Final = 60
ACCOUNTS: Final = 25
_OPENINGS: Final = ("Oigan", "Amigos", "Gente", "Vecinos", "Causas", "Chicos", "Familia", "Señores")
_ENDINGS: Final = (
    "corran",
    "vayan ya",
    "no fallen",
    "pruébenlo",
    "compartan",
    "recomendado",
    "mil puntos",
    "hoy mismo",
)
_TEXT: Final = (
    "{} tienen que probar la nueva chicha de la esquina porque es la mejor de toda la ciudad y además "
    "está en oferta hasta el domingo con envío gratis para todos {}"
)


@cache
def voices_of_a_brigade(seed: int) -> int:
    """Returns how many of `COPIES` slightly changed copies from `ACCOUNTS` accounts on a day are voices."""
    draw = np.random.default_rng(seed)
    now = datetime(2026, 11, 10, 15, tzinfo=UTC)
    events = [
        FeedbackScored.model_validate(
            {
                "id": f"{seed:016d}{number:016d}",
                "accepted_at": now,
                "created_at": now,
                "scored_at": now,
                "text": _TEXT.format(draw.choice(_OPENINGS), draw.choice(_ENDINGS)),
                "channel": "social_media",
                "language": "es",
                "customer": f"account-{draw.integers(ACCOUNTS)}",
                "sentiment": "positive",
                "probabilities": {"negative": 0.05, "neutral": 0.05, "positive": 0.9},
                "score": 0.85,
                "model_version": "bench",
            }
        )
        for number in range(COPIES)
    ]
    return asyncio.run(_heard(events))


async def _heard(events: list[FeedbackScored]) -> int:
    with tempfile.TemporaryDirectory(prefix="pulso-bench-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'trends.db'}", application="pulso-bench")
        try:
            await migrate(database)
            said = {event.id: words(event.text) for event in events}
            async with core_transaction(database) as connection:
                return len(await hear(database, connection, events, said))
        finally:
            await database.close()
