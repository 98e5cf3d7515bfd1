"""The model that ships, on texts that its training never saw."""

from pathlib import Path

import pytest
from pulso_sentiment.model import load_model
from pulso_sentiment.settings import DEFAULT_MODEL
from pulso_training import corpus, plan
from pulso_training.evaluate import evaluate

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not here"),
]


@pytest.mark.slow
def test_reads_held_out_tweets_well_enough():
    parts = plan.held_out_parts([DATA / "umsab_es.csv.gz", DATA / "gmaps_pe_restaurants.csv.gz"], most=0)
    results = evaluate(load_model(DEFAULT_MODEL), parts)
    assert results["umsab_es"].texts > 350
    assert results["umsab_es"].macro_f1 >= 0.60
    assert results["gmaps_pe_restaurants"].accuracy >= 0.80
    assert results["phrases_pe"].macro_f1 >= 0.60


@pytest.mark.slow
def test_training_never_saw_a_held_out_text():
    trained = {row.key for row in plan.rows(DATA, seed=1)}
    held_out = {row.key for part in plan.held_out_parts(plan.paths(DATA), 0).values() for row in part}
    assert len(trained) > 15_000
    assert not trained & held_out


def test_the_data_are_those_of_the_record():
    import json

    record = json.loads((Path(DEFAULT_MODEL) / "training.json").read_text())
    assert record["data"] == {path.name: corpus.fingerprint(path) for path in plan.paths(DATA)}
