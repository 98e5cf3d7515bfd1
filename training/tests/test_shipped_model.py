"""The model that ships, on texts that its training never saw."""

import json
from itertools import chain
from pathlib import Path

import pytest
from pulso_sentiment.settings import DEFAULT_MODEL
from pulso_training import plan, provenance
from pulso_training.judgement import evaluate
from pulso_training.recipe import read_recipe
from pulso_training.split import Part, normalised

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
RECIPES = ("teacher", "permissive", "first", "longer", "united", "distilled", "student")

pytestmark = pytest.mark.shared


@pytest.mark.slow
def test_reads_held_out_texts_well_enough():
    files = ("umsab_es", "gmaps_pe_restaurants", "tass2020_es_pe", "emotions_emoevent_es")
    rows = plan.all_rows([DATA / f"{name}.csv.gz" for name in files])
    held_out = plan.parts(rows, Part.HELD_OUT, 400)
    _, found = evaluate(Path(DEFAULT_MODEL), list(chain.from_iterable(held_out.values())))
    assert found.sentiment is not None
    scores = found.sentiment.groups["source"]
    assert scores["umsab_es"].texts > 350
    assert scores["umsab_es"].macro_f1 >= 0.63
    assert scores["gmaps_pe_restaurants"].accuracy >= 0.80
    assert scores["phrases_pe"].macro_f1 >= 0.68
    assert found.emotion is not None
    assert found.emotion.groups["source"]["emotions_emoevent_es"].macro_f1 >= 0.42


@pytest.mark.slow
def test_no_recipe_ever_sees_a_held_out_text():
    rows = list(plan.all_rows(plan.paths(DATA)))
    held_out = {row.key for part in plan.parts(rows, Part.HELD_OUT).values() for row in part}
    for name in RECIPES:
        recipe = read_recipe(name)
        wanted = [row for row in rows if not recipe.rows.files or row.file in recipe.rows.files]
        chosen = recipe.rows
        trained = plan.training_rows(wanted, chosen.per_class, chosen.per_class_default, seed=1)
        assert len(trained) > 10_000
        assert not {row.key for row in trained} & held_out
    assert not {normalised(text) for text in plan.pretraining_texts(DATA, seed=1)} & held_out


def test_the_data_are_those_of_the_record():
    record = json.loads((Path(DEFAULT_MODEL) / "training.json").read_text())
    files = record["checkpoint"]["record"]["made_from"]["files"]
    assert files == provenance.fingerprints(plan.paths(DATA))
