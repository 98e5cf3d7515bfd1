"""Searching for parameters: trials of one recipe, compared by the development part alone.

Akiba et al. 2019, "Optuna" (KDD): a tree of Parzen estimators proposes, trials below the median of the others
at the same epoch are given up. The study lies in SQLite, so that a search that was cut off goes on.
"""

import tempfile
from pathlib import Path

import optuna
from optuna.trial import TrialState

from pulso_training import provenance
from pulso_training.events import Epoch, Event
from pulso_training.fit import DivergedError, Material, Report, fit
from pulso_training.recipe import Parameters, Recipe
from pulso_training.resume import check_identity
from pulso_training.storage import write_text, writing

STUDY_FILE = "study.db"
BEST_FILE = "best.toml"
_NAME = "pulso"
_IDENTITY = "identity"
_FIRST_TRIALS = 5
"""Trials that are never given up: the first medians would say little."""


def tune(
    start: Path, recipe: Recipe, material: Material, out: Path, *, trials: int, minutes: float, report: Report
) -> Recipe:
    """Run up to `trials` trials in all, begin none after `minutes`, and write the best as `best.toml`.

    Returns:
        The recipe with the best parameters.

    Raises:
        ResumeError: when `out` holds a search with other rows, start or recipe.
        StorageError: when `out` cannot be written.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with writing(out):
        study = _study(out, recipe.parameters.seed)
    identity = (
        f"{recipe.sha256} {provenance.rows_digest(material.rows)} {provenance.record_of(start)['files']}"
    )
    check_identity(out, identity, study.user_attrs.get(_IDENTITY, identity))
    study.set_user_attr(_IDENTITY, identity)

    def score(trial: optuna.Trial) -> float:
        parameters = _suggested(trial, recipe.parameters)

        def watch(event: Event) -> None:
            report(event)
            if isinstance(event, Epoch):
                trial.report(event.score, event.number)
                if event.number < parameters.epochs and trial.should_prune():
                    raise optuna.TrialPruned

        with tempfile.TemporaryDirectory(prefix="trial-", dir=out) as folder:
            try:
                record = fit(start, material, parameters, Path(folder), watch)
            except DivergedError:
                raise optuna.TrialPruned from None
        return max(epoch["score"] for epoch in record.epochs)

    left = trials - len(finished(study))
    if left > 0:
        study.optimize(score, n_trials=left, timeout=60 * minutes)
    return _best(study, recipe, out)


def finished(study: optuna.Study) -> list[optuna.trial.FrozenTrial]:
    """Return the trials that ended or were given up; one that was killed is neither."""
    return study.get_trials(deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED))


def _study(out: Path, seed: int) -> optuna.Study:
    storage = f"sqlite:///{(out / STUDY_FILE).resolve()}"
    pruner = optuna.pruners.MedianPruner(n_startup_trials=_FIRST_TRIALS)
    study = optuna.create_study(
        storage=storage, study_name=_NAME, direction="maximize", pruner=pruner, load_if_exists=True
    )
    # A search that goes on must not draw again what its first part has drawn.
    study.sampler = optuna.samplers.TPESampler(seed=seed + len(study.get_trials(deepcopy=False)))
    return study


def _suggested(trial: optuna.Trial, parameters: Parameters) -> Parameters:
    found = {
        "batch": trial.suggest_categorical("batch", (16, 32, 64)),
        "encoder_rate": trial.suggest_float("encoder_rate", 2e-5, 4e-4, log=True),
        "head_rate": trial.suggest_float("head_rate", 2e-4, 4e-3, log=True),
        "warmup": trial.suggest_float("warmup", 0.02, 0.2),
        "weight_decay": trial.suggest_float("weight_decay", 1e-3, 0.1, log=True),
        "label_smoothing": trial.suggest_float("label_smoothing", 0.0, 0.2),
        "class_weight_power": trial.suggest_float("class_weight_power", 0.0, 1.0),
        "emotion_weight": trial.suggest_float("emotion_weight", 0.1, 1.0),
        "augmented": trial.suggest_float("augmented", 0.0, 0.5),
    }
    return Parameters.model_validate(parameters.model_dump() | found)


def _best(study: optuna.Study, recipe: Recipe, out: Path) -> Recipe:
    parameters = Parameters.model_validate(recipe.parameters.model_dump() | study.best_params)
    count = len(finished(study))
    about = f"{recipe.about} Best of {count} trials, development {study.best_value:.4f}."
    best = recipe.model_copy(update={"about": about, "parameters": parameters})
    write_text(out / BEST_FILE, best.as_toml())
    return best
