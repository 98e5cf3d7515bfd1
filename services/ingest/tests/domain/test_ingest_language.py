import csv
import gzip
from pathlib import Path

import pytest
from pulso_ingest.domain.language import language_named, language_of

DATA = Path(__file__).parents[5] / "shared" / "data"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("El ceviche estuvo buenazo pero el delivery demoró una hora", "es"),
        ("buenazo pe mano", "es"),
        ("xd", "es"),
        ("chévere", "es"),
        ("The food was great but the delivery took an hour", "en"),
        ("good food", "en"),
        ("A comida estava ótima, mas a entrega demorou muito", "pt"),
        ("não gostei", "pt"),
        ("Ancha sumaqmi kay mikhuy, sulpayki", "qu"),
        ("sumaq", "qu"),
        ("C'était très bon, le service était parfait et très rapide, merci beaucoup à tous", "other"),
        ("Das Essen war kalt und der Fahrer sehr unfreundlich", "other"),
        ("Il cibo era freddo e il cameriere scortese", "other"),
        ("とても美味しかったです", "other"),
        ("😀😀", "other"),
        ("10/10", "other"),
        ("[phone] https://the.and/was", "other"),
        ("rico ceviche https://x.com/the/and/was @the_best_food", "es"),
    ],
)
def test_languages_of_short_remarks(text, language):
    assert language_of(text) == language


@pytest.mark.parametrize(
    ("tag", "language"), [("es-PE", "es"), ("EN", "en"), ("quz", "qu"), ("por", "pt"), ("fr", "other")]
)
def test_named_languages(tag, language):
    assert language_named(tag) == language


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "language", "share"),
    [
        ("tass2020_es_pe", "es", 0.98),
        ("gmaps_pe_restaurants", "es", 0.98),
        ("domicilios_co_delivery", "es", 0.99),
        ("umsab_en", "en", 0.99),
        ("quechua_covid", "qu", 0.9),
    ],
)
def test_languages_of_real_texts(file, language, share):
    with gzip.open(DATA / f"{file}.csv.gz", "rt", encoding="utf-8") as rows:
        texts = [row["text"] for _, row in zip(range(3000), csv.DictReader(rows), strict=False)]
    assert sum(language_of(text) == language for text in texts) >= share * len(texts)
