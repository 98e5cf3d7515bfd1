"""sentiment-analysis-spanish from PyPI: naive Bayes on 800,000 reviews, positive or negative (MIT).

It was pickled by scikit-learn 0.23 and names no requirements, so it runs in its own virtual environment
with the oldest scikit-learn that has wheels for Python 3.11.
"""

import json
import subprocess
import sys
import venv
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import numpy as np
from pulso_sentiment.model.preprocess import preprocess

from pulso_training.baselines.cuts import Floats, by_cuts
from pulso_training.corpus import Row

REQUIREMENTS = (
    "sentiment-analysis-spanish==0.0.25", "scikit-learn==1.1.3", "numpy==1.26.4", "scipy==1.11.4",
)  # fmt: skip
PEERS = Path(".cache/peers")


class PeerError(Exception):
    """The package cannot be installed or run here, in one sentence."""


def sentiment_spanish(training: Sequence[Row], test: Sequence[Row], peers: Path = PEERS) -> Floats:
    """Return certain answers [test, 3]; the training rows only say where neutral begins and ends.

    The environment, some 300 MB, is made in `peers` at the first call.

    Raises:
        PeerError: when the package cannot be installed or run.
    """
    python = _environment(peers / "sentiment-spanish")
    positive = _positive(python, [preprocess(row.text) for row in [*training, *test]])
    return by_cuts(training, positive[: len(training)], positive[len(training) :])


def _environment(folder: Path) -> Path:
    python = folder / "bin" / "python"
    done = folder / "installed"
    if not done.exists():
        venv.create(folder, with_pip=True, clear=True)
        _run([str(python), "-m", "pip", "install", "--quiet", *REQUIREMENTS], "", "be installed")
        done.touch()
    return python


def _positive(python: Path, texts: Sequence[str]) -> Floats:
    program = resources.files(__package__).joinpath("sentiment_spanish_peer.py").read_text(encoding="utf-8")
    return np.array(json.loads(_run([str(python), "-W", "ignore", "-c", program], json.dumps(texts), "run")))


def _run(command: Sequence[str], given: str, purpose: str) -> str:
    try:
        done = subprocess.run(command, input=given, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        last = (getattr(error, "stderr", "") or str(error)).strip().splitlines()[-1]
        version = ".".join(map(str, sys.version_info[:2]))
        raise PeerError(f"sentiment-analysis-spanish cannot {purpose} on Python {version}: {last}") from error
    return done.stdout
