"""Searches and folds go on where they were cut off, and say what they found."""

import json

import pytest
from pulso_training import cross_validate as folding
from pulso_training import tune as tuning
from pulso_training.cross_validate import cross_validate
from pulso_training.events import Epoch
from pulso_training.fit import Material
from pulso_training.recipe import Parameters, Recipe, read_recipe
from pulso_training.resume import ResumeError
from pulso_training.split import Part, part_of
from pulso_training.tune import tune

RECIPE = Recipe(about="Tiny.", parameters=Parameters(epochs=1, max_tokens=32))


@pytest.fixture(scope="module")
def material(rows):
    return Material(rows[:60], {"made": rows[180:]})


def count_trials(counted):
    def listen(event):
        if isinstance(event, Epoch):
            counted.append(event.score)

    return listen


def test_a_search_keeps_the_best_and_goes_on(tiny_base, material, tmp_path):
    seen: list[float] = []
    tune(tiny_base, RECIPE, material, tmp_path, trials=2, minutes=5, report=count_trials(seen))
    assert len(seen) == 2
    best = tune(tiny_base, RECIPE, material, tmp_path, trials=3, minutes=5, report=count_trials(seen))
    assert len(seen) == 3
    assert read_recipe(str(tmp_path / "best.toml")) == best
    assert f"{max(seen):.4f}" in best.about
    assert best.parameters.encoder_rate != RECIPE.parameters.encoder_rate
    assert best.parameters.max_tokens == 32
    assert {path.name for path in tmp_path.iterdir()} == {"study.db", "best.toml"}


def test_the_folder_of_another_search_is_left_alone(tiny_base, material, tmp_path):
    tune(tiny_base, RECIPE, material, tmp_path, trials=1, minutes=5, report=lambda _: None)
    other = RECIPE.model_copy(update={"about": "Another."})
    with pytest.raises(ResumeError):
        tune(tiny_base, other, material, tmp_path, trials=1, minutes=5, report=lambda _: None)


def test_a_trial_that_was_cut_off_does_not_count(tiny_base, material, tmp_path):
    def cut(_event):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tune(tiny_base, RECIPE, material, tmp_path, trials=1, minutes=5, report=cut)
    seen: list[float] = []
    tune(tiny_base, RECIPE, material, tmp_path, trials=1, minutes=5, report=count_trials(seen))
    assert len(seen) == 1


def test_each_fold_is_judged_by_rows_that_its_run_did_not_see(tiny_base, rows, tmp_path, monkeypatch):
    runs: list[set[str]] = []
    judged: list[set[str]] = []
    fit, score = folding.fit, folding.macro_f1

    def watched_fit(start, material, parameters, out, report):
        runs.append({row.key for row in material.rows})
        return fit(start, material, parameters, out, report)

    def watched_score(model, tokenizer, parts):
        judged.append({row.key for part in parts.values() for row in part})
        return score(model, tokenizer, parts)

    monkeypatch.setattr(folding, "fit", watched_fit)
    monkeypatch.setattr(folding, "macro_f1", watched_score)
    found = cross_validate(tiny_base, RECIPE, rows, folds=2, out=tmp_path, report=lambda _: lambda _: None)
    allowed = {row.key for row in rows if part_of(row.key) is not Part.HELD_OUT}
    assert all(not run & fold for run, fold in zip(runs, judged, strict=True))
    assert judged[0] | judged[1] == runs[0] | runs[1] == allowed
    assert not judged[0] & judged[1]
    spread = found["made"]
    assert spread.mean == pytest.approx(sum(spread.folds) / 2, abs=1e-4)
    assert spread.deviation == pytest.approx(abs(spread.folds[0] - spread.folds[1]) / 2**0.5, abs=1e-4)


def test_a_fold_that_has_its_scores_is_not_repeated(tiny_base, rows, tmp_path):
    begun: list[int] = []

    def report(fold):
        begun.append(fold)
        return lambda _: None

    first = cross_validate(tiny_base, RECIPE, rows, folds=2, out=tmp_path, report=report)
    (tmp_path / "fold-2.json").unlink()
    again = cross_validate(tiny_base, RECIPE, rows, folds=2, out=tmp_path, report=report)
    assert begun == [1, 2, 2]
    assert first == again
    stored = tmp_path / "fold-1.json"
    stored.write_text(json.dumps(json.loads(stored.read_text()) | {"identity": "other"}))
    with pytest.raises(ResumeError):
        cross_validate(tiny_base, RECIPE, rows, folds=2, out=tmp_path, report=report)


def test_a_diverged_trial_is_given_up_and_the_search_goes_on(tiny_base, material, tmp_path, monkeypatch):
    calls: list[int] = []
    fit = tuning.fit

    def first_diverges(*given):
        calls.append(1)
        if len(calls) == 1:
            raise tuning.DivergedError("no number")
        return fit(*given)

    monkeypatch.setattr(tuning, "fit", first_diverges)
    best = tune(tiny_base, RECIPE, material, tmp_path, trials=2, minutes=5, report=lambda _: None)
    assert "Best of 2 trials" in best.about
