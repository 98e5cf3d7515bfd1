"""The built-in writer: one phrase per statement, no model, no network."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pulso_contracts.insights import BriefLanguage

from pulso_insights.domain.verification import DraftSection
from pulso_insights.writers.protocol import Material

PHRASE_FILES: Final = Path(__file__).parent / "phrases"


@dataclass(frozen=True, slots=True)
class Phrases:
    """What the writer says in one language: headings by part, phrases by kind of statement."""

    headings: Mapping[str, str]
    phrases: Mapping[str, str]


def load_phrases(language: BriefLanguage) -> Phrases:
    """The phrases of a language, from its file."""
    return Phrases(**tomllib.loads((PHRASE_FILES / f"{language}.toml").read_text("utf-8")))


class GroundedWriter:
    """Words the statements of the digest as they are."""

    name = "grounded"
    model = None

    def __init__(self) -> None:
        self._phrases = {language: load_phrases(language) for language in BriefLanguage}

    async def write(self, material: Material) -> Sequence[DraftSection]:
        """One section per part of the digest."""
        said = self._phrases[material.request.language]
        return [
            DraftSection(
                heading=said.headings[part.kind],
                sentences=[said.phrases[each.kind].format_map(each.slots) for each in part.statements],
            )
            for part in material.digest.parts
        ]
