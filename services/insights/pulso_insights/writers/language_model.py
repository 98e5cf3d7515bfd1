"""A writer that asks any OpenAI-compatible model, and checks what it gets."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Final

import openai
import structlog
from openai.types.chat import ChatCompletionMessageParam
from opentelemetry.trace import SpanKind
from pulso_kit.tracing.spans import span
from pydantic import BaseModel, Field, ValidationError

from pulso_insights.domain.verification import DraftSection, Rejected, verify
from pulso_insights.metrics import DRAFTS_REJECTED, MODEL_TOKENS
from pulso_insights.writers.prompt import INSTRUCTIONS, SCHEMA, task
from pulso_insights.writers.protocol import Material, WriterFailed

ATTEMPTS: Final = 2
"""One answer, and one more that is told what was wrong with the first."""
TRANSPORT_RETRIES: Final = 2
"""Of a refused or broken connection, a 429 or a 5xx; the deadline bounds them all."""
MAX_ANSWER_TOKENS: Final = 2_000

log = structlog.get_logger(__name__)


class _Section(BaseModel):
    heading: str
    sentences: list[str]


class _Draft(BaseModel):
    sections: Annotated[list[_Section], Field(max_length=50)]


class LanguageModelWriter:
    """Asks the model for sentences with placeholders; code fills the figures in."""

    name = "openai"

    def __init__(self, *, api_key: str, base_url: str | None, model: str, deadline_seconds: float) -> None:
        """Prepares the client; nothing connects yet.

        Args:
            api_key: The key of the API.
            base_url: Where it is; None is OpenAI's own.
            model: The model's name.
            deadline_seconds: For everything, retries included.
        """
        self.model = model
        self._deadline_seconds = deadline_seconds
        self._client = openai.AsyncOpenAI(
            api_key=api_key, base_url=base_url, max_retries=TRANSPORT_RETRIES, timeout=deadline_seconds
        )

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.close()

    async def write(self, material: Material) -> Sequence[DraftSection]:
        """The model's sections, verified.

        Raises:
            WriterFailed: `timeout`, `unavailable`, `refused` (by the API) or `rejected` (by verification).
        """
        try:
            async with asyncio.timeout(self._deadline_seconds):
                return await self._attempts(material)
        except (TimeoutError, openai.APITimeoutError) as error:
            raise WriterFailed("timeout") from error
        except (openai.APIConnectionError, openai.InternalServerError, openai.RateLimitError) as error:
            raise WriterFailed("unavailable") from error
        except openai.OpenAIError as error:
            raise WriterFailed("refused") from error

    async def _attempts(self, material: Material) -> Sequence[DraftSection]:
        facts = {fact.id: fact for fact in material.digest.facts}
        messages: list[ChatCompletionMessageParam] = [
            {"role": "system", "content": INSTRUCTIONS},
            {"role": "user", "content": task(material)},
        ]
        for _ in range(ATTEMPTS):
            answer = await self._ask(messages)
            try:
                sections = _parsed(answer)
                verify(sections, facts)
            except Rejected as rejection:
                DRAFTS_REJECTED.labels(reason=rejection.reason).inc()
                log.warning("draft.rejected", reason=rejection.reason)
                messages += [
                    {"role": "assistant", "content": answer},
                    {"role": "user", "content": f"This cannot be used. {rejection} Write it again."},
                ]
            else:
                return sections
        raise WriterFailed("rejected")

    async def _ask(self, messages: list[ChatCompletionMessageParam]) -> str:
        asked: dict[str, str | int] = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai",
            "gen_ai.request.model": self.model,
            "gen_ai.request.max_tokens": MAX_ANSWER_TOKENS,
        }
        with span(f"chat {self.model}", SpanKind.CLIENT, asked) as current:
            completion = await self._client.chat.completions.create(
                model=self.model,
                messages=messages,
                max_completion_tokens=MAX_ANSWER_TOKENS,
                response_format={
                    "type": "json_schema",
                    "json_schema": {"name": "brief", "strict": True, "schema": SCHEMA},
                },
            )
            if completion.usage is not None:
                MODEL_TOKENS.labels(kind="prompt").inc(completion.usage.prompt_tokens)
                MODEL_TOKENS.labels(kind="completion").inc(completion.usage.completion_tokens)
                current.set_attribute("gen_ai.usage.input_tokens", completion.usage.prompt_tokens)
                current.set_attribute("gen_ai.usage.output_tokens", completion.usage.completion_tokens)
        if not completion.choices:
            return ""
        return completion.choices[0].message.content or ""


def _parsed(answer: str) -> list[DraftSection]:
    try:
        draft = _Draft.model_validate_json(answer)
    except ValidationError as error:
        raise Rejected("form", "Answer with one JSON object of the given schema.") from error
    return [DraftSection(section.heading, section.sentences) for section in draft.sections]
