"""Making a brief: facts, words, figures, and keeping it."""

import asyncio
import secrets
import time
from datetime import UTC, datetime

import structlog
from pulso_contracts.base import LIMA
from pulso_contracts.feedback import FieldError
from pulso_contracts.insights import (
    MAX_SCOPE_DAYS,
    Insight,
    InsightRequest,
    Section,
    WriterUsed,
)
from pulso_kit.errors import Malformed, Unavailable

from pulso_insights.domain.digest import digest
from pulso_insights.domain.period import Period, period_of
from pulso_insights.domain.rendering import rendered
from pulso_insights.domain.titles import title
from pulso_insights.domain.verification import DraftSection
from pulso_insights.metrics import BRIEFS_WRITTEN, COLLECTING_SECONDS, FALLBACKS, WRITING_SECONDS
from pulso_insights.source.trends import TrendsSource
from pulso_insights.store.briefs import BriefStore
from pulso_insights.writers.grounded import GroundedWriter
from pulso_insights.writers.protocol import Material, Writer, WriterFailed

log = structlog.get_logger(__name__)


class Composer:
    """Makes briefs, a bounded number at a time."""

    def __init__(
        self, source: TrendsSource, store: BriefStore, *, model: Writer | None, at_once: int, seconds: float
    ) -> None:
        """Joins what a brief needs.

        Args:
            source: Where facts come from.
            store: Where briefs are kept.
            model: The writer that is asked first; None leaves all to the built-in one.
            at_once: Briefs in the making at a time.
            seconds: That one may take.
        """
        self._source = source
        self._store = store
        self._model = model
        self._grounded = GroundedWriter()
        self._desks = asyncio.Semaphore(at_once)
        self._seconds = seconds

    async def compose(self, request: InsightRequest) -> Insight:
        """A new brief, kept.

        Raises:
            Malformed: The scope is too long or names what trends does not know.
            Unavailable: Too many briefs in the making, or trends or the database cannot be reached in time.
            BadGateway: Trends gave no usable answer.
        """
        if self._desks.locked():
            raise Unavailable("Too many briefs are being written now.", retry_after=5)
        try:
            async with self._desks, asyncio.timeout(self._seconds):
                return await self._compose(request)
        except TimeoutError as error:
            raise Unavailable("The brief could not be written in time.", retry_after=5) from error

    async def _compose(self, request: InsightRequest) -> Insight:
        now = datetime.now(UTC)
        today = now.astimezone(LIMA).date()
        scope = request.scope
        period = period_of(scope.first_day, scope.last_day, today=today)
        if period.days > MAX_SCOPE_DAYS:
            wrong = FieldError(field="scope.from", message=f"a brief covers at most {MAX_SCOPE_DAYS} days")
            raise Malformed("The scope is too long.", errors=[wrong])
        with COLLECTING_SECONDS.time():
            findings = await self._source.findings(request, period, today=today)
        asked = self._model is None and request.question is not None
        material = Material(request, findings, digest(findings, request.language, asked=asked))
        drafts, used = await self._write(material)
        insight = _assembled(material, drafts, used, period=period, now=now)
        await self._store.add(insight)
        BRIEFS_WRITTEN.labels(writer=used.name, audience=request.audience).inc()
        log.info("brief.written", insight_id=insight.id, writer=used.name, fallback=used.fallback)
        return insight

    async def _write(self, material: Material) -> tuple[list[DraftSection], WriterUsed]:
        fallback = None
        if self._model is not None and material.findings.whole.now.count:
            try:
                return await _timed(self._model, material)
            except WriterFailed as failure:
                fallback = failure.reason
                FALLBACKS.labels(reason=fallback).inc()
                log.warning("writer.failed", reason=fallback, exc_info=failure)
        drafts, used = await _timed(self._grounded, material)
        return drafts, used.model_copy(update={"fallback": fallback})


async def _timed(writer: Writer, material: Material) -> tuple[list[DraftSection], WriterUsed]:
    started = time.perf_counter()
    try:
        drafts = await writer.write(material)
    finally:
        WRITING_SECONDS.labels(writer=writer.name).observe(time.perf_counter() - started)
    return list(drafts), WriterUsed(name=writer.name, model=writer.model)


def _assembled(
    material: Material, drafts: list[DraftSection], used: WriterUsed, *, period: Period, now: datetime
) -> Insight:
    request = material.request
    facts = {fact.id: fact for fact in material.digest.facts}
    sections = [
        Section(
            heading=draft.heading,
            sentences=[rendered(template, facts, request.language) for template in draft.sentences],
        )
        for draft in drafts
    ]
    heading = title(request.scope, period, request.language)
    paragraphs = [
        f"{section.heading}\n{' '.join(sentence.text for sentence in section.sentences)}"
        for section in sections
    ]
    return Insight(
        id=secrets.token_hex(10),
        created_at=now,
        audience=request.audience,
        language=request.language,
        scope=request.scope.model_copy(update={"first_day": period.first, "last_day": period.last}),
        title=heading,
        writer=used,
        question=request.question,
        sections=sections,
        facts=list(material.digest.facts),
        text="\n\n".join([heading, *paragraphs]),
    )
