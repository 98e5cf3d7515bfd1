"""The groups by which texts are scored."""

from collections.abc import Callable

from pulso_contracts.feedback import Channel

from pulso_training.corpus import Row
from pulso_training.plan import EMOTION_FILES, REVIEWS, TWEETS

UNKNOWN = "unknown"

SPANISH_SOURCES = (
    "umsab_es", "tass2020_es_pe", "tass2020_es_other", "domicilios_co_delivery", "gmaps_pe_restaurants",
    "meia2025", "restmex2022", "restmex2021", "cuba_restaurants", "tourism_bi", "cuba_hotels",
)  # fmt: skip
PERUVIAN_SOURCES = ("tass2020_es_pe", "gmaps_pe_restaurants", "phrases_pe")

_CHANNELS = (
    dict.fromkeys(REVIEWS, Channel.REVIEW)
    | dict.fromkeys((*TWEETS, *EMOTION_FILES), Channel.SOCIAL_MEDIA)
    | {"quechua_covid": Channel.SURVEY}
)
"""Comments on deliveries were left with a rating on the shop's page, so they are reviews; the Quechua
sentences were collected with a form. Our own phrases were heard nowhere: they are `other`, as unknown files
are."""

_LENGTHS = (8, 16, 32, 64, 128)


def channel(row: Row) -> str:
    """Return the channel of the contracts by which the row's file was heard."""
    return _CHANNELS.get(row.file, Channel.OTHER).value


def length(tokens: int) -> str:
    """Return the bucket of a number of tokens, as in `9-16`."""
    least = 1
    for most in _LENGTHS:
        if tokens <= most:
            return f"{least}-{most}"
        least = most + 1
    return f">{_LENGTHS[-1]}"


GROUPS: dict[str, Callable[[Row, int], str]] = {
    "source": lambda row, _: row.file,
    "country": lambda row, _: row.country or UNKNOWN,
    "domain": lambda row, _: row.domain or UNKNOWN,
    "length": lambda _, tokens: length(tokens),
    "channel": lambda row, _: channel(row),
}
"""From a row and its tokens to its group, by kind of group."""
