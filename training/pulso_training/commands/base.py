"""`pulso-train base`: fetch, convert and trim the encoder that everything starts from."""

from pathlib import Path
from typing import Annotated

import typer

from pulso_training.commands.options import BASE


def base(
    folder: Annotated[Path, typer.Option(help="Folder of the project's own gzip CSV files.")],
    out: Annotated[Path, typer.Option(help="Folder of the encoder.")] = BASE,
    downloads: Annotated[Path, typer.Option(help="Folder where what is fetched stays.")] = BASE.parent,
) -> None:
    """Fetch the published encoder, convert its weights and fit its vocabulary to our languages."""
    import json

    from pulso_sentiment.model.preprocess import preprocess

    from pulso_training import corpus, plan, provenance
    from pulso_training.base.build import build_base
    from pulso_training.storage import write_text

    rows = corpus.read_files(folder, plan.FILES)
    texts = (text for row in rows for text in (row.text, preprocess(row.text)))
    begun = provenance.now()
    pieces = build_base(texts, downloads, out)
    record = {
        "pieces": pieces,
        "made_from": {"files": provenance.fingerprints(plan.paths(folder))},
        "environment": provenance.environment(),
        "started_at": begun,
        "ended_at": provenance.now(),
    }
    write_text(out / "base.json", json.dumps(record, indent=2) + "\n")
    typer.echo(f"encoder with {pieces:,} pieces in {out}")
