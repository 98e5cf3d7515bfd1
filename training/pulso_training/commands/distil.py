"""`pulso-train distil`: teach a smaller network what others answer."""

from pathlib import Path
from typing import Annotated

import typer

from pulso_training.commands.options import DataOption, FolderOption, OutOption, RecipeOption


def distil(
    *,
    teacher: Annotated[list[Path], typer.Option(help="Checkpoint of a teacher; repeatable.")],
    out: OutOption,
    recipe: RecipeOption = "student",
    data: DataOption = None,
    folder: FolderOption = None,
    words: Annotated[
        bool, typer.Option(help="Let logistic regression on words, cross-fitted, teach sentiment too.")
    ] = False,
) -> None:
    """Make one network of several: it starts from layers of the first teacher."""
    from pulso_training.checkpoint import open_fitted
    from pulso_training.commands.inputs import read_inputs
    from pulso_training.commands.progress import bar
    from pulso_training.distil import assemble
    from pulso_training.fit import Material
    from pulso_training.fit import fit as run
    from pulso_training.provenance import record_of

    inputs = read_inputs(recipe, data, folder)
    for folder_of_teacher in teacher:
        open_fitted(folder_of_teacher)
    rows, development = inputs.training(), inputs.development()
    ensemble = assemble(teacher, development, rows if words else ())
    origin = {
        "teachers": [record_of(checkpoint) for checkpoint in teacher],
        "words": words,
        "shares": {"sentiment": list(ensemble.sentiment), "emotion": list(ensemble.emotion)},
    }
    typer.echo(f"shares of the teachers: {ensemble.sentiment} of sentiment, {ensemble.emotion} of emotion")
    soft = ensemble.answers(rows)
    material = Material(rows, development, soft, inputs.made_from | origin)
    with bar(recipe) as shown:
        record = run(teacher[0], material, inputs.recipe.parameters, out, shown)
    best = record.epochs[record.best_epoch - 1]
    typer.echo(f"{record.rows:,} rows, development {best['score']:.4f}, checkpoint in {out}")
