"""`pulso-train pretrain`: masked words of unlabelled feedback."""

from pathlib import Path
from typing import Annotated

import typer

from pulso_training.commands.options import BASE, PRETRAINED, StartOption


def pretrain(
    folder: Annotated[Path, typer.Option(help="Folder of the project's own gzip CSV files.")],
    start: StartOption = BASE,
    out: Annotated[Path, typer.Option(help="Folder of the better encoder.")] = PRETRAINED,
    minutes: Annotated[float, typer.Option(min=0.01, help="How long to train.")] = 12,
) -> None:
    """Go on with an encoder by guessing masked words of all texts that are for training."""
    import json
    import time

    from pulso_training import plan, provenance
    from pulso_training.checkpoint import open_start
    from pulso_training.commands.progress import bar
    from pulso_training.pretrain import RECORD_FILE, Pretraining
    from pulso_training.pretrain import pretrain as run
    from pulso_training.storage import write_text

    open_start(start)
    parameters = Pretraining(minutes=minutes)
    origin = {
        "made_from": {"files": provenance.fingerprints(plan.paths(folder))},
        "start": provenance.record_of(start),
        "environment": provenance.environment(),
        "started_at": provenance.now(),
    }
    texts = plan.pretraining_texts(folder, parameters.seed)
    with bar("pretrain") as shown:
        begun = time.monotonic()

        def report(text: str) -> None:
            shown.advance(round(time.monotonic() - begun), round(60 * minutes), text)

        run(start, texts, parameters, out, report)
    record = json.loads((out / RECORD_FILE).read_text(encoding="utf-8")) | origin
    record["ended_at"] = provenance.now()
    write_text(out / RECORD_FILE, json.dumps(record, indent=2) + "\n")
    typer.echo(f"{len(texts):,} texts, {record['steps']:,} steps, encoder in {out}")
