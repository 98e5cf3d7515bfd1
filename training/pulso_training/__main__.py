"""`pulso-train`: build the base encoder, fine-tune, evaluate and export a model."""

from pathlib import Path
from typing import Annotated

import typer

from pulso_training import corpus, plan

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

DataOption = Annotated[Path, typer.Option(exists=True, file_okay=False, help="Folder of the labelled gzip CSV files.")]
CacheOption = Annotated[Path, typer.Option(help="Folder of downloads and the base encoder.")]


@app.command()
def base(data: DataOption = Path("../shared/data"), cache: CacheOption = Path(".cache/base")) -> None:
    """Fetch the published encoder, convert its weights and trim its vocabulary."""
    from pulso_sentiment.model.preprocess import preprocess

    from pulso_training.base.build import build_base

    rows = corpus.read_files(data, plan.FILES)
    pieces = build_base((text for row in rows for text in (row.text, preprocess(row.text))), cache, cache / "encoder")
    typer.echo(f"base encoder with {pieces} pieces in {cache / 'encoder'}")


@app.command()
def fit(
    out: Annotated[Path, typer.Option(help="Folder of the checkpoint.")] = Path(".cache/run"),
    data: DataOption = Path("../shared/data"),
    cache: CacheOption = Path(".cache/base"),
    limit: Annotated[int, typer.Option(help="Train on the first rows only; 0 means all.")] = 0,
    epochs: Annotated[int, typer.Option(min=1)] = 3,
) -> None:
    """Fine-tune the base encoder on the planned rows."""
    from pulso_training.fit import Recipe
    from pulso_training.fit import fit as run

    recipe = Recipe(epochs=epochs)
    rows = corpus.training_rows(
        corpus.read_files(data, plan.FILES), plan.PER_CLASS, plan.LONGEST_CHARACTERS, recipe.seed
    )
    record = run(cache / "encoder", rows[:limit] if limit else rows, recipe, out)
    typer.echo(f"{record['rows']} rows, checkpoint in {out}")


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
