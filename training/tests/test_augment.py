import random
import unicodedata
from collections import Counter

import pytest
from pulso_training import augment as augmenting
from pulso_training.augment import augment

TEXTS = ["¡Qué rico el ceviche, porque también está fresco!!", "Llegó frío.", "ok", "", "😋😋", "aaaaa"]


def test_a_seed_decides():
    first, again = ([augment(text, random.Random(3)) for text in TEXTS] for _ in range(2))
    assert first == again


@pytest.mark.parametrize("text", TEXTS)
def test_texts_stay_about_as_long_as_they_were(text):
    for seed in range(200):
        found = augment(text, random.Random(seed))
        assert abs(len(found) - len(text)) <= len(text) / 2


def test_words_of_denial_and_the_letter_of_its_own_are_never_lost():
    for seed in range(300):
        found = augment("no, nunca más, niño", random.Random(seed)).lower()
        assert "no" in found.split(",")[0]
        assert "ñ" in unicodedata.normalize("NFC", found)


def test_a_slip_changes_one_place_within_a_long_word():
    for seed in range(100):
        found = augmenting._slip("muy riquísimo", random.Random(seed))
        assert found.startswith("muy r")
        lost, gained = Counter("muy riquísimo") - Counter(found), Counter(found) - Counter("muy riquísimo")
        assert lost.total() + gained.total() <= 1


def test_most_texts_change():
    changed = sum(augment(TEXTS[0], random.Random(seed)) != TEXTS[0] for seed in range(100))
    assert changed > 80
