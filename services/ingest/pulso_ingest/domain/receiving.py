"""From what a client sent to the event that Pulso keeps."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from pulso_contracts.events import FeedbackReceived
from pulso_contracts.feedback import FeedbackIn, FieldError, MetadataValue
from pulso_contracts.feedback import Warning as FeedbackWarning
from pulso_contracts.peru import resolve_department
from pulso_contracts.scoring import Flag

from pulso_ingest.domain.identity import customer_hash, feedback_id
from pulso_ingest.domain.language import language_named, language_of
from pulso_ingest.domain.normalise import normalise
from pulso_ingest.domain.redact import Kind, redact

# The name of a field says what its bare number is: {"dni": "45678912"}, {"telefono": 4567890}.
_DNI_FIELD: Final = re.compile(r"dni|documento|identidad|carnet|cedula", re.IGNORECASE)
_PHONE_FIELD: Final = re.compile(
    r"tel[eé]?f|phone|fono|celular|m[oó]vil|mobile|whats|contacto", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Received:
    """An item ready to be published.

    Attributes:
        event: What goes into the stream.
        unknown_region: The region as it was written, redacted, when no department is known by it.
        redactions: What was taken out, by kind.
    """

    event: FeedbackReceived
    unknown_region: str | None = None
    redactions: Counter[Kind] = field(default_factory=Counter)

    @property
    def warnings(self) -> list[FeedbackWarning]:
        """What the sender may want to mend."""
        found: list[FeedbackWarning] = []
        if self.unknown_region is not None:
            found.append("unknown_region")
        if self.redactions:
            found.append("redacted")
        return found


def receive(item: FeedbackIn, *, key: bytes, at: datetime) -> Received | FieldError:
    """Normalises, redacts and identifies one valid item.

    Args:
        item: As the client sent it.
        key: The secret of ids and customer hashes.
        at: When it was accepted; also its time when it has none of its own.

    Returns:
        The event, or the error of a text of which cleaning leaves nothing.
    """
    redactions: Counter[Kind] = Counter()

    def clean(text: str) -> str:
        cleaned, found = redact(normalise(text))
        redactions.update(found)
        return cleaned

    def clean_optional(text: str | None) -> str | None:
        return (clean(text) or None) if text is not None else None

    text = clean(item.text)
    if not text:
        return FieldError(field="text", message="must not be blank")
    department = resolve_department(item.region) if item.region is not None else None
    unknown_region = clean_optional(item.region) if department is None else None
    metadata = {
        clean(name): _clean_value(name, value, redactions) for name, value in (item.metadata or {}).items()
    }
    source, external_id = clean_optional(item.source), clean_optional(item.external_id)
    product, product_category = clean_optional(item.product), clean_optional(item.product_category)
    flags = [Flag.REDACTED] if redactions else []
    if unknown_region is not None:
        flags.append(Flag.UNKNOWN_REGION)
    event = FeedbackReceived(
        id=feedback_id(key, item),
        accepted_at=at,
        created_at=item.created_at or at,
        text=text,
        channel=item.channel,
        language=language_of(text) if item.language is None else language_named(item.language),
        source=source,
        external_id=external_id,
        customer=None if item.customer_id is None else customer_hash(key, item.customer_id),
        region=department.name if department is not None else None,
        product=product,
        product_category=product_category,
        rating=item.rating,
        metadata=metadata,
        flags=flags,
    )
    return Received(event, unknown_region, redactions)


def _clean_value(name: str, value: MetadataValue, redactions: Counter[Kind]) -> MetadataValue:
    if value is None or isinstance(value, bool):
        return value
    whole = isinstance(value, float) and value.is_integer()
    written = normalise(str(int(value) if whole else value))
    redacted, found = redact(written)
    digits = sum(character.isdecimal() for character in redacted)
    if _DNI_FIELD.search(name) and digits >= 8:
        redacted, found = f"[{Kind.DNI}]", Counter({Kind.DNI: 1})
    elif _PHONE_FIELD.search(name) and digits >= 6:
        redacted, found = f"[{Kind.PHONE}]", Counter({Kind.PHONE: 1})
    redactions.update(found)
    return redacted if isinstance(value, str) or redacted != written else value
