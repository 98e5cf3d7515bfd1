import json

import numpy as np
import pytest
from pulso_sentiment.model.card import TemperatureScale
from pulso_training.corpus import LABELS, Row
from pulso_training.evaluate import (
    Answers,
    answer,
    comparison,
    from_probabilities,
    report,
    score,
    table,
)
from pulso_training.evaluate.groups import channel, length
from sklearn.metrics import f1_score

TRUTH = np.array([0, 0, 1, 2])
CERTAIN = np.eye(3)


def row(label, file="umsab_es", domain="", country="", emotion=""):
    return Row("texto", label, domain, file, emotion, None, country)


def answers(rows, classes, tokens=None, emotion=None):
    logits = 5.0 * CERTAIN[classes]
    return Answers(rows, logits, emotion, np.full(len(rows), 9) if tokens is None else np.array(tokens))


def test_scores_by_hand():
    scores = score(TRUTH, CERTAIN[[0, 1, 1, 2]], LABELS)
    assert scores.texts == 4
    assert scores.accuracy == 0.75
    assert scores.f1 == pytest.approx({"negative": 2 / 3, "neutral": 2 / 3, "positive": 1.0})
    assert scores.macro_f1 == pytest.approx(7 / 9)
    assert scores.confusion == [[1, 1, 0], [0, 1, 0], [0, 0, 1]]
    assert scores.calibration_error == pytest.approx(0.25)


def test_a_class_without_texts_is_not_averaged_but_wrong_answers_still_cost_the_others():
    assert score(np.array([2, 2]), CERTAIN[[2, 2]], LABELS).macro_f1 == 1.0
    scores = score(np.array([2, 2, 2, 2]), CERTAIN[[2, 2, 2, 1]], LABELS)
    assert scores.f1 == pytest.approx({"negative": 0.0, "neutral": 0.0, "positive": 6 / 7})
    assert scores.macro_f1 == pytest.approx(6 / 7)


def test_f1_is_that_of_scikit_learn():
    draw = np.random.default_rng(1)
    truth, found = draw.integers(0, 3, 200), draw.integers(0, 3, 200)
    scores = score(truth, CERTAIN[found], LABELS)
    assert scores.macro_f1 == pytest.approx(f1_score(truth, found, average="macro"))
    assert list(scores.f1.values()) == pytest.approx(list(f1_score(truth, found, average=None)))


@pytest.mark.parametrize(
    ("tokens", "bucket"),
    [(2, "1-8"), (8, "1-8"), (9, "9-16"), (32, "17-32"), (33, "33-64"), (128, "65-128"), (129, ">128")],
)
def test_lengths_fall_into_buckets(tokens, bucket):
    assert length(tokens) == bucket


@pytest.mark.parametrize(
    ("file", "heard"),
    [
        ("tass2020_es_pe", "social_media"),
        ("emotions_emoevent_es", "social_media"),
        ("domicilios_co_delivery", "review"),
        ("gmaps_pe_restaurants", "review"),
        ("quechua_covid", "survey"),
        ("phrases_pe", "other"),
        ("somebodys_own", "other"),
    ],
)
def test_files_have_the_channel_they_were_heard_by(file, heard):
    assert channel(row("neutral", file)) == heard


def test_each_kind_of_group_holds_all_texts():
    rows = [
        row("negative", "umsab_es", "tweets"),
        row("positive", "gmaps_pe_restaurants", "restaurants", "PE"),
        row("positive", "gmaps_pe_restaurants", "restaurants", "PE"),
    ]
    sheet = report(answers(rows, [0, 2, 0], tokens=[5, 9, 200])).sentiment
    counts = {
        kind: {name: scores.texts for name, scores in found.items()} for kind, found in sheet.groups.items()
    }
    assert counts == {
        "source": {"umsab_es": 1, "gmaps_pe_restaurants": 2},
        "country": {"unknown": 1, "PE": 2},
        "domain": {"tweets": 1, "restaurants": 2},
        "length": {"1-8": 1, "9-16": 1, ">128": 1},
        "channel": {"social_media": 1, "review": 2},
    }
    assert sheet.overall.texts == 3
    assert sheet.groups["country"]["PE"].confusion == [[0, 0, 0], [0, 0, 0], [1, 0, 1]]


def test_the_headline_weighs_sources_alike():
    rows = (
        [row("positive", "umsab_es")] * 3 + [row("negative", "gmaps_pe_restaurants")] + [row("neutral", "x")]
    )
    assert report(answers(rows, [2, 2, 2, 1, 0])).headline == {"spanish": 0.5, "peruvian": 0.0}


def test_other_files_have_no_headline():
    assert report(answers([row("positive", "mine")], [2])).headline == {}


def test_emotions_are_scored_on_the_rows_that_have_one():
    rows = [row("", emotion="joy"), row("", emotion="fear"), row("positive")]
    found = report(answers(rows, [0, 0, 2], emotion=np.eye(7)[[1, 2, 0]]))
    assert found.emotion.overall.texts == 2
    assert found.emotion.overall.f1["joy"] == 1.0
    assert found.emotion.overall.macro_f1 == 0.5
    assert found.sentiment.overall.texts == 1


def test_a_model_without_emotions_and_rows_without_a_label_leave_their_part_out():
    assert report(answers([row("", emotion="joy")], [0])).as_json() == {
        "headline": {},
        "sentiment": None,
        "emotion": None,
    }


def test_the_temperature_changes_confidence_and_no_label():
    found = answers([row("positive"), row("negative")], [2, 2])
    plain, scaled = (
        report(found).sentiment.overall,
        report(found, TemperatureScale(intercept=np.log(5))).sentiment.overall,
    )
    assert scaled.confusion == plain.confusion
    assert plain.calibration_error == pytest.approx(1 / (1 + 2 * np.exp(-5)) - 0.5)
    assert scaled.calibration_error == pytest.approx(1 / (1 + 2 * np.exp(-1)) - 0.5)


def test_a_model_is_a_function_of_texts():
    def read(texts):
        return 5.0 * CERTAIN[[2] * len(texts)], None, np.array([len(text) for text in texts])

    found = answer(read, [row("positive"), row("negative")])
    assert found.tokens.tolist() == [5, 5]
    assert report(found).sentiment.overall.accuracy == 0.5


def test_each_row_needs_an_answer():
    with pytest.raises(ValueError, match="2 rows were given 1, 1 answers"):
        answers([row("positive"), row("negative")], [2], tokens=[3])


def test_a_baseline_is_compared_on_the_same_rows():
    model = answers([row("positive"), row("negative", "phrases_pe")], [2, 0])
    baseline = from_probabilities(CERTAIN[[2, 1]], model)
    lines = comparison({"model": report(model), "lexicon": report(baseline)})
    assert [line.split() for line in lines] == [
        ["macro-F1", "model", "lexicon"],
        ["umsab_es", "1.000", "1.000"],
        ["phrases_pe", "1.000", "0.000"],
        ["mean,", "spanish", "sources", "1.000", "1.000"],
        ["mean,", "peruvian", "sources", "1.000", "0.000"],
    ]


def test_the_report_is_json_and_a_table():
    rows = [row("positive"), row("negative"), row("negative")]
    found = report(answers(rows, [2, 0, 1], emotion=np.eye(7)[:3]))
    plain = json.loads(json.dumps(found.as_json()))
    assert plain["headline"] == {"spanish": 0.8333}
    assert plain["sentiment"]["source"]["umsab_es"]["f1"]["negative"] == 0.6667
    assert plain["emotion"] is None
    lines = table(found)
    assert lines[-1] == "mean macro-F1 over the Spanish sources: 0.833"
    assert any("umsab_es" in line and "macro-F1 0.833" in line and "3 texts" in line for line in lines)
