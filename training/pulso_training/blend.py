"""Between a network and what became of it by further training: the mean of their weights.

Wortsman et al. 2022, "Robust fine-tuning of zero-shot models": such a mean keeps much of what further
training forgot and most of what it gained. It is of no use where the two did not come from one another.
"""

from pathlib import Path

from pulso_training.checkpoint import TOKENIZER_FILE, CheckpointError, open_fitted, write_fitted
from pulso_training.provenance import environment, now, record_of


def blend(before: Path, after: Path, share: float, out: Path) -> None:
    """Write the checkpoint whose weights are `share` of `after` and the rest of `before`.

    Raises:
        CheckpointError: when one cannot be used, they differ in shape or tokeniser, or `out` is one of them.
        StorageError: when `out` cannot be written.
    """
    if out.resolve() in {before.resolve(), after.resolve()}:
        raise CheckpointError(f"{out} is one of the two checkpoints: the blend needs a folder of its own")
    model, _ = open_fitted(before)
    trained, _ = open_fitted(after)
    tokenisers = {(folder / TOKENIZER_FILE).read_bytes() for folder in (before, after)}
    weights, others = model.state_dict(), trained.state_dict()
    shapes = [{name: each.shape for name, each in part.items()} for part in (weights, others)]
    if len(tokenisers) > 1 or shapes[0] != shapes[1]:
        raise CheckpointError(f"{after} did not come from {before}: they differ in shape or tokeniser")
    model.load_state_dict({name: weights[name].lerp(others[name], share) for name in weights})
    origin = [record_of(folder) for folder in (before, after)]
    made_from = (origin[1]["record"] or {}).get("made_from", {})
    record = {
        "parameters": {"share": share},
        "made_from": {"files": made_from.get("files", {}), "before": origin[0], "after": origin[1]},
        "environment": environment(),
        "ended_at": now(),
    }
    write_fitted(out, model, before, record)
