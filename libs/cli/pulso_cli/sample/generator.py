from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from pulso_contracts.feedback import Channel
from pulso_contracts.peru import Department

from pulso_cli.sample.catalogue import CATEGORIES, Product
from pulso_cli.sample.data_files import read_toml
from pulso_cli.sample.mix import (
    Planted,
    choose_channel,
    choose_department,
    choose_language,
    choose_opinion,
)
from pulso_cli.sample.opinion import stars
from pulso_cli.sample.phrasebook import Polarity
from pulso_cli.sample.registers import REGISTERS, ask, suggest, write, write_foreign
from pulso_cli.sample.rhythm import moments
from pulso_cli.sample.typing_habits import slip
from pulso_cli.sample.voice import Voice

DAYS: Final = 120
"""The sample covers this many days before its end."""

DEFAULT_ROWS: Final = 6_000

Record = dict[str, Any]

_SENT_TWICE: Final = 0.012
_COPIED: Final = 0.015
_REMEMBERED: Final = 64
"""Records that a repeat or a copy may come from: the last ones, so that memory stays flat."""

_ONLY_SPANISH: Final = frozenset({Channel.EMAIL, Channel.MARKET, Channel.OTHER})
_RATED: Final = {Channel.REVIEW: 0.95, Channel.SURVEY: 0.82, Channel.CHAT: 0.08}
_DEVICES: Final = ("android", "android", "android", "ios", "web")


def generate(rows: int, seed: int, end: datetime) -> Iterator[Record]:
    """Believable feedback of Peruvian consumers, in the order of time, as `FeedbackIn` takes it.

    The same arguments give the same records. Some carry what real feeds carry: an item sent twice (the same
    source and external_id), a copied text, a region that is misspelt or absent, no product, personal data.

    Args:
        rows: Number of records, repeats included.
        seed: Seed of everything that is drawn.
        end: The moment that the sample ends, with an offset; it begins `DAYS` days before.

    Yields:
        Records of plain JSON values, without keys for what is not known.

    Raises:
        ValueError: `rows` is negative, or `end` has no offset.
    """
    if rows < 0:
        raise ValueError(f"rows must not be negative: {rows}")
    if end.tzinfo is None:
        raise ValueError("end must have an offset from UTC")
    rng = Random(seed)
    planted = Planted(rng)
    recent: deque[Record] = deque(maxlen=_REMEMBERED)
    # Moments have a generator of their own: one more draw in a text must not move every later record in time.
    for number, moment in enumerate(moments(rows, end, DAYS, Random(f"moments of {seed}"))):
        draw = rng.random()
        if recent and draw < _SENT_TWICE:
            yield dict(recent[int(rng.random() * len(recent))])
            continue
        record = _record(rng, planted, number, moment, end)
        if recent and draw < _SENT_TWICE + _COPIED:
            record = _copied(recent[int(rng.random() * len(recent))], record)
        recent.append(record.copy())
        yield record


def _copied(original: Record, record: Record) -> Record:
    """The same words about the same thing, sent as another item by whoever would have written `record`."""
    number = record["external_id"].rpartition("-")[2]
    said = {name: value for name, value in original.items() if name != "customer_id"}
    sender = {name: record[name] for name in ("created_at", "customer_id") if name in record}
    return said | sender | {"external_id": f"{original['source']}-{number}"}


def _record(rng: Random, planted: Planted, number: int, moment: datetime, end: datetime) -> Record:
    days_before_end = (end - moment) / timedelta(days=1)
    department = choose_department(rng)
    product = planted.product(department, days_before_end)
    channel = choose_channel(rng, product, moment.hour)
    voice = Voice(rng, product, department)
    complaint = planted.complaint(department, product, days_before_end)
    message = _message(voice, channel, complaint)
    record: Record = {
        "text": message.text,
        "channel": channel.value,
        "source": message.source,
        "external_id": f"{message.source}-{number:07d}",
        "created_at": moment.isoformat(),
    }
    if rng.random() < 0.8:
        # Squaring makes some people write often and most of them once.
        record["customer_id"] = (
            f"c{department.ubigeo}-{int(rng.random() ** 2 * department.population / 150):05d}"
        )
    if region := _region(rng, department):
        record["region"] = region
    if rng.random() < 0.93:
        record["product"] = product.name
        record["product_category"] = CATEGORIES[product.domain]
    if message.polarity is not None and rng.random() < _RATED.get(channel, 0.0):
        record["rating"] = stars(rng, message.polarity)
    if rng.random() < (0.1 if message.language == "es" else 0.5):
        record["language"] = message.language
    if metadata := _metadata(rng, voice, channel, product):
        record["metadata"] = metadata
    return record


@dataclass(frozen=True, slots=True)
class _Message:
    text: str
    source: str
    polarity: Polarity | None
    """The opinion behind it; None for a question or a wish."""
    language: str = "es"


def _message(voice: Voice, channel: Channel, complaint: str | None) -> _Message:
    register = REGISTERS[channel]
    source = voice.pick(register["sources"])
    if complaint is None and channel is Channel.CHAT and voice.chance(register["question_share"]):
        return _Message(ask(voice), source, None)
    if complaint is None and channel is Channel.SURVEY and voice.chance(register["wish_share"]):
        return _Message(suggest(voice), source, None)
    opinion = choose_opinion(voice.rng, voice.product, voice.pool, channel, complaint)
    language = "es" if channel in _ONLY_SPANISH else choose_language(voice.rng, voice.department)
    if language != "es":
        return _Message(write_foreign(voice, language, opinion.polarity), source, opinion.polarity, language)
    if opinion.polarity is Polarity.NEGATIVE:
        source = voice.pick(register.get("sources_negative", (source,)))
    return _Message(write(voice, channel, opinion, source), source, opinion.polarity)


def _region(rng: Random, department: Department) -> str | None:
    """The department as a client's system has it: mostly by name, at times otherwise, or not at all."""
    draw = rng.random()
    if draw < 0.80:
        return department.name
    if draw < 0.85:
        return None
    if draw < 0.89:
        return department.name.upper()
    if draw < 0.92:
        return department.ubigeo
    if draw < 0.965:
        return str(rng.choice(read_toml("places")[department.ubigeo]))
    return slip(rng, department.name) if draw < 0.995 else "extranjero"


def _metadata(rng: Random, voice: Voice, channel: Channel, product: Product) -> dict[str, str | float] | None:
    if channel is Channel.SURVEY:
        return {"question": voice.pick(REGISTERS["survey"]["questions"])}
    if product.domain == "delivery" and channel is not Channel.SOCIAL_MEDIA and rng.random() < 0.6:
        low, high = product.price
        return {"order_total": round(rng.uniform(low, high), 1), "device": voice.pick(_DEVICES)}
    if product.domain in {"restaurants", "shops"} and rng.random() < 0.3:
        return {"branch": voice.place}
    return None
