"""Where a run stands, stored so that a killed one goes on instead of beginning again."""

import pickle
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch

from pulso_training.errors import InputError
from pulso_training.network import Classifier
from pulso_training.storage import BEGUN, writing

STATE_FILE = "resume.pt"


class ResumeError(InputError):
    """A stored run that is not this one, or cannot be read."""


@dataclass
class Progress:
    """The next step of a run, and what it has measured so far; `started` is when it first began, in UTC."""

    started: str = ""
    epoch: int = 0
    step: int = 0
    loss: float = 0.0
    seconds: float = 0.0
    best: int = 0
    epochs: list[dict[str, float]] = field(default_factory=list)

    def advance(self, loss: float, seconds: float) -> None:
        """Count a step that is done."""
        self.step += 1
        self.loss += loss
        self.seconds = seconds

    def end_epoch(self, score: float) -> bool:
        """Note the epoch, begin the next one and tell whether this was the best so far."""
        self.epochs.append(
            {"loss": round(self.loss / self.step, 4), "score": score, "seconds": round(self.seconds, 1)}
        )
        self.epoch += 1
        self.step, self.loss = 0, 0.0
        best = score >= max(epoch["score"] for epoch in self.epochs)
        if best:
            self.best = self.epoch
        return best


def store(
    out: Path, model: Classifier, optimizer: torch.optim.Optimizer, identity: str, progress: Progress
) -> None:
    """Write the state; a kill or a full disk while writing leaves the last one. `identity` tells runs apart.

    Raises:
        StorageError: when it cannot be written.
    """
    state = {
        "run": identity,
        "progress": asdict(progress),
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "random": torch.get_rng_state(),
        "random_of_gpus": torch.cuda.get_rng_state_all(),
    }
    with writing(out):
        begun = out / f"{STATE_FILE}{BEGUN}"
        torch.save(state, begun)
        begun.replace(out / STATE_FILE)


def restore(out: Path, model: Classifier, optimizer: torch.optim.Optimizer, identity: str) -> Progress | None:
    """Load what `store` wrote, or tell that there is nothing.

    Raises:
        ResumeError: when `out` holds the state of a run with other rows, start or parameters.
    """
    path = out / STATE_FILE
    if not path.exists():
        return None
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise ResumeError(f"{path} is damaged: delete it to begin again") from error
    check_identity(out, identity, state["run"])
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    torch.set_rng_state(state["random"])
    torch.cuda.set_rng_state_all(state["random_of_gpus"])
    return Progress(**state["progress"])


def check_identity(out: Path, wanted: str, found: object) -> None:
    """Refuse to go on in a folder of another run.

    Raises:
        ResumeError: when the two differ.
    """
    if found != wanted:
        raise ResumeError(f"{out} holds a run with other rows, start or parameters: choose another folder")


def discard(out: Path) -> None:
    """Remove the state of a finished run: it is several times the size of the model."""
    (out / STATE_FILE).unlink(missing_ok=True)
