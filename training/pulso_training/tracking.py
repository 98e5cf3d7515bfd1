"""Telling MLflow, where it is used, of what was registered; the registry folder stays the truth."""

import importlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from pulso_training.errors import InputError
from pulso_training.registry import Entry

EXPERIMENT = "pulso"
_TAG = "pulso.content"
_LONGEST_VALUE = 500


class TrackingError(InputError):
    """MLflow is asked for and cannot be used."""


def client() -> ModuleType:
    """Return MLflow.

    Raises:
        TrackingError: when it is not installed.
    """
    try:
        return importlib.import_module("mlflow")
    except ImportError:
        raise TrackingError(
            "MLflow is asked for and not installed: pip install pulso-training[mlflow]"
        ) from None


def track(entry: Entry, model: Path, uri: str) -> bool:
    """Log parameters, scores and files as one run; tell whether it was not there before.

    Raises:
        TrackingError: when MLflow is not installed or does not answer.
    """
    mlflow = client()
    try:
        mlflow.set_tracking_uri(uri)
        experiment = mlflow.set_experiment(EXPERIMENT)
        known = mlflow.search_runs(
            [experiment.experiment_id], f"tags.`{_TAG}` = '{entry.content}'", output_format="list"
        )
        if known:
            return False
        with mlflow.start_run(run_name=entry.version):
            mlflow.log_params({name: str(value)[:_LONGEST_VALUE] for name, value in _flat(entry.provenance)})
            mlflow.log_metrics(_numbers(entry.metrics))
            mlflow.log_artifacts(str(model), "model")
            # Last, so that a run that was cut off is logged again.
            mlflow.set_tag(_TAG, entry.content)
    except (mlflow.exceptions.MlflowException, OSError) as error:
        raise TrackingError(f"{entry.id} is registered, but MLflow was not told: {error}") from error
    return True


def _flat(content: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Yield the leaves of nested mappings, each under its path with dots; lists are not parameters."""
    for name, value in content.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        elif not isinstance(value, list):
            yield f"{prefix}{name}", value


def _numbers(metrics: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(value) for name, value in _flat(metrics) if isinstance(value, int | float)}
