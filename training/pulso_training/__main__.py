"""`pulso-train`: build the base encoder, fine-tune, evaluate and export a model."""

import json
from pathlib import Path
from typing import Annotated

import typer

from pulso_training import corpus, plan

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

DataOption = Annotated[
    Path, typer.Option(exists=True, file_okay=False, help="Folder of the labelled gzip CSV files.")
]
CacheOption = Annotated[Path, typer.Option(help="Folder of the downloads and the base encoder.")]
CheckpointOption = Annotated[Path, typer.Option(exists=True, file_okay=False, help="What `fit` wrote.")]
MostOption = Annotated[int, typer.Option(min=0, help="Held-out texts per file; 0 means all.")]

DATA = Path("../shared/data")
BASE = Path(".cache/base")
RUN = Path(".cache/run")
REFINED = Path(".cache/refined")


@app.command()
def base(data: DataOption = DATA, cache: CacheOption = BASE) -> None:
    """Fetch the published encoder, convert its weights and trim its vocabulary."""
    from pulso_sentiment.model.preprocess import preprocess

    from pulso_training.base.build import build_base

    rows = corpus.read_files(data, plan.FILES)
    texts = (text for row in rows for text in (row.text, preprocess(row.text)))
    pieces = build_base(texts, cache, cache / "encoder")
    typer.echo(f"base encoder with {pieces:,} pieces in {cache / 'encoder'}")


@app.command()
def fit(
    out: Annotated[Path, typer.Option(help="Folder of the checkpoint.")] = RUN,
    data: DataOption = DATA,
    cache: CacheOption = BASE,
    epochs: Annotated[int, typer.Option(min=1)] = 3,
) -> None:
    """Fine-tune the base encoder on the planned rows; about 20 minutes on two cores."""
    from pulso_training.fit import Recipe
    from pulso_training.fit import fit as run

    recipe = Recipe(epochs=epochs)
    record = run(cache / "encoder", plan.rows(data, recipe.seed), recipe, out, typer.echo)
    typer.echo(f"{record.rows:,} rows, checkpoint in {out}")


@app.command()
def refine(
    checkpoint: CheckpointOption = RUN,
    out: Annotated[Path, typer.Option(help="Folder of the refined checkpoint.")] = REFINED,
    data: DataOption = DATA,
) -> None:
    """Go on from a checkpoint with the project's own Peruvian phrases; a few minutes."""
    from pulso_training.fit import REFINEMENT
    from pulso_training.fit import fit as run

    rows = plan.refining_rows(data, REFINEMENT.seed)
    record = run(checkpoint, rows, REFINEMENT, out, typer.echo)
    typer.echo(f"{record.rows:,} rows, checkpoint in {out}")


@app.command()
def export(
    checkpoint: CheckpointOption = REFINED,
    out: Annotated[Path, typer.Option(help="Folder of the model that is served.")] = Path("models/default"),
    data: DataOption = DATA,
    most: MostOption = 1_000,
) -> None:
    """Write the served files in the best admissible precision, with card, scores and checksums."""
    from pulso_training.export import export as run

    card = run(checkpoint, data, out, most, typer.echo)
    typer.echo(f"{card.version}, {card.precision}, in {out}")


@app.command()
def evaluate(
    model: Annotated[str, typer.Option(help="What PULSO_MODEL takes.")] = "models/default",
    data: Annotated[
        list[Path] | None, typer.Option(exists=True, dir_okay=False, help="Files; default: all planned ones.")
    ] = None,
    most: MostOption = 0,
    json_file: Annotated[Path | None, typer.Option("--json", help="Where to write all figures.")] = None,
) -> None:
    """Score the held-out fifth of each file with the served model."""
    from pulso_sentiment.model import load_model

    from pulso_training.evaluate import as_json, table
    from pulso_training.evaluate import evaluate as run

    results = run(load_model(model), plan.held_out_parts(data or plan.paths(DATA), most))
    for line in table(results):
        typer.echo(line)
    if json_file is not None:
        json_file.write_text(json.dumps(as_json(results), indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
