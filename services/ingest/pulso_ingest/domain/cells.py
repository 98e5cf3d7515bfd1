"""What a cell of a file means: dates, stars and channels as people in Peru write them."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, Final

from pulso_contracts.base import LIMA
from pulso_contracts.feedback import Channel, FieldError

from pulso_ingest.domain.columns import METADATA, METADATA_PREFIX, Plan, fold_name

_CHANNELS: Final[dict[str, Channel]] = {
    alias: channel
    for channel, aliases in {
        Channel.SURVEY: "encuesta encuestas nps csat formulario",
        Channel.SOCIAL_MEDIA: "red_social redes_sociales redes facebook instagram tiktok twitter x youtube",
        Channel.EMAIL: "correo correo_electronico mail e_mail",
        Channel.CHAT: "whatsapp messenger chat_en_linea chatbot webchat",
        Channel.REVIEW: "resena resenas reviews google google_maps tripadvisor app_store google_play",
        Channel.MARKET: "mercado estudio_de_mercado market_research",
        Channel.OTHER: "otro otros otra",
    }.items()
    for alias in [channel.value, *aliases.split()]
}
_DAY_FIRST: Final = re.compile(
    r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})"
    r"(?:,?[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?: ?([ap])\.? ?m\.?)?)?",
    re.IGNORECASE,
)
_STARS: Final = re.compile(
    r"([0-9]+(?:[.,][0-9]+)?)\s*(?:/\s*5|de\s+5|of\s+5|estrellas?|stars?)?", re.IGNORECASE
)


def item_from(
    plan: Plan, cells: Sequence[Any], defaults: Mapping[str, Any]
) -> dict[str, Any] | list[FieldError]:
    """The item that a row holds, not yet validated; blank cells are absent and leave room for the defaults.

    Args:
        plan: Where the fields are.
        cells: The row; it may be shorter than the header.
        defaults: Fields that hold for the whole file.
    """
    item = dict(defaults)
    metadata: dict[str, Any] = {}
    errors: list[FieldError] = []
    for name, index in plan.fields.items():
        cell = cells[index] if index < len(cells) else None
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            continue
        if name.startswith(METADATA_PREFIX):
            metadata[name.removeprefix(METADATA_PREFIX)] = _plain_value(cell)
        elif name == METADATA:
            metadata = (
                {**cell, **metadata}
                if isinstance(cell, dict)
                else {"metadata": _plain_value(cell), **metadata}
            )
        else:
            try:
                item[name] = _READERS.get(name, _text)(cell)
            except ValueError as error:
                errors.append(FieldError(field=name, message=str(error)))
    if metadata:
        item[METADATA] = metadata
    return errors or item


def moment(cell: Any) -> datetime:
    """A moment: ISO 8601 or day first; without an offset it is Lima's time.

    Raises:
        ValueError: It is none.
    """
    if isinstance(cell, datetime):
        return cell if cell.tzinfo is not None else cell.replace(tzinfo=LIMA)
    if isinstance(cell, date):
        return datetime.combine(cell, time(), LIMA)
    written = _written(cell)
    try:
        if (match := _DAY_FIRST.fullmatch(written)) is not None:
            return _day_first(match)
        found = datetime.fromisoformat(written.replace("/", "-"))
    except ValueError:
        raise ValueError("must be a date such as 2026-11-01T13:30:00-05:00 or 01/11/2026 13:30") from None
    return found if found.tzinfo is not None else found.replace(tzinfo=LIMA)


def stars(cell: Any) -> float:
    """A rating: a number with point or comma, perhaps with "estrellas" or "/5" behind it, or a row of stars.

    Raises:
        ValueError: It is none.
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return (
            float(cell) if abs(cell) < 1e9 else math.inf
        )  # a longer integer fits no float; none is a rating
    written = _written(cell)
    if written and not written.strip("★☆⭐"):
        return float(written.count("★") + written.count("⭐"))
    match = _STARS.fullmatch(written)
    if match is None:
        raise ValueError("must be a number from 1 to 5")
    return float(match[1].replace(",", "."))


def channel(cell: Any) -> str:
    """A channel by its English or Spanish name; an unknown one stays as it is, and validation refuses it."""
    written = _written(cell)
    return _CHANNELS.get(fold_name(written), written)


def _day_first(match: re.Match[str]) -> datetime:
    day, _, month, year, hour, minute, second, half = match.groups()
    hours = int(hour or 0)
    if half is not None:
        if not 1 <= hours <= 12:
            raise ValueError("not an hour")
        hours = hours % 12 + (12 if half in "pP" else 0)
    return datetime(int(year), int(month), int(day), hours, int(minute or 0), int(second or 0), tzinfo=LIMA)


def _written(cell: Any) -> str:
    text = _text(cell)
    if not isinstance(text, str):
        raise ValueError("must be a text or a number")  # noqa: TRY004 - the client's mistake, not the caller's
    return text.strip()


def _text(cell: Any) -> Any:
    """What a spreadsheet or JSON keeps as a number was a text to who typed it: an id, a ubigeo, a product."""
    if isinstance(cell, bool | list | dict):
        return cell
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell if isinstance(cell, str) else str(cell)


def _plain_value(cell: Any) -> Any:
    return cell.isoformat() if isinstance(cell, date | time) else cell


_READERS: Final[dict[str, Callable[[Any], Any]]] = {"created_at": moment, "rating": stars, "channel": channel}
