"""What a run tells while it goes on; each event reads as a line of text."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Steps:
    """Some steps are done: `done` of all `total`, with their mean loss; seconds since the run began."""

    epoch: int
    done: int
    total: int
    loss: float
    seconds: float

    def __str__(self) -> str:
        return (
            f"epoch {self.epoch} step {self.done} of {self.total} loss {self.loss:.3f} {self.seconds:.0f} s"
        )


@dataclass(frozen=True, slots=True)
class Epoch:
    """An epoch is done and judged by the development part."""

    number: int
    score: float
    seconds: float

    def __str__(self) -> str:
        return f"epoch {self.number}: development {self.score:.4f}, {self.seconds:.0f} s"


Event = Steps | Epoch
