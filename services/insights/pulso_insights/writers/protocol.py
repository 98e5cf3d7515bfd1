"""What a writer is: it words a brief, and never invents a figure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pulso_contracts.insights import InsightRequest

from pulso_insights.domain.digest import Digest
from pulso_insights.domain.findings import Findings
from pulso_insights.domain.verification import DraftSection


@dataclass(frozen=True, slots=True)
class Material:
    """All that a writer may use."""

    request: InsightRequest
    findings: Findings
    digest: Digest


class Writer(Protocol):
    """Words a brief."""

    @property
    def name(self) -> str:
        """How it is called in answers and metrics."""
        ...

    @property
    def model(self) -> str | None:
        """The language model it uses, if any."""
        ...

    async def write(self, material: Material) -> Sequence[DraftSection]:
        """The sections, in sentences whose figures are placeholders.

        Raises:
            WriterFailed: It cannot do it now.
        """
        ...


class WriterFailed(Exception):
    """A writer that could not deliver; `reason` is for counting and for the reader of the brief."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
