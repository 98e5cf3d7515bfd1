"""Which rows the shipped model is trained on.

Tweets carry human labels and are taken whole. Review files carry stars, which are noisy in the middle, so they are
balanced by class and weighted towards food and delivery.
"""

TWEETS = ("umsab_es", "tass2020_es_pe", "tass2020_es_other", "umsab_en", "umsab_pt")
REVIEWS = (
    "domicilios_co_delivery", "gmaps_pe_restaurants", "meia2025", "restmex2022", "restmex2021",
    "cuba_restaurants", "tourism_bi", "cuba_hotels", "quechua_covid",
)  # fmt: skip
FILES = (*TWEETS, *REVIEWS)

PER_CLASS = {
    "umsab_es": 10_000,
    "tass2020_es_pe": 10_000,
    "tass2020_es_other": 10_000,
    "umsab_en": 350,
    "umsab_pt": 250,
    "domicilios_co_delivery": 2_200,
    "gmaps_pe_restaurants": 10_000,
    "meia2025": 600,
    "restmex2022": 700,
    "restmex2021": 200,
    "cuba_restaurants": 350,
    "tourism_bi": 450,
    "cuba_hotels": 300,
    "quechua_covid": 10_000,
}
"""The most rows per file and label that a run takes: about 20,000 in all."""

LONGEST_CHARACTERS = 350
"""Rows above this length are taken only where a file has no shorter ones: what customers write is short."""
