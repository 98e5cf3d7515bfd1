"""`pulso-train evaluate`: scores of a served model on held-out texts, beside what else one could take."""

from pathlib import Path
from typing import Annotated

import typer

from pulso_training.commands.options import DataOption, FolderOption, RecipeOption


def evaluate(
    *,
    model: Annotated[Path, typer.Option(file_okay=False, help="Folder of a served model.")] = Path(
        "models/default"
    ),
    data: DataOption = None,
    folder: FolderOption = None,
    most: Annotated[int, typer.Option(min=0, help="Held-out texts per file; 0 means all.")] = 0,
    int8: Annotated[bool, typer.Option("--int8", help="As with PULSO_INT8=true.")] = False,
    peers: Annotated[
        bool, typer.Option(help="Also score TF-IDF, a lexicon and sentiment-analysis-spanish.")
    ] = False,
    recipe: RecipeOption = "teacher",
    json_file: Annotated[Path | None, typer.Option("--json", help="Where to write all figures.")] = None,
) -> None:
    """Score the held-out fifth of each file with a served model, on the CPU.

    Peers learn from the rows that the recipe chooses, as the model did.
    """
    import json
    from itertools import chain

    from pulso_training import plan
    from pulso_training.commands.inputs import read_inputs
    from pulso_training.evaluate import comparison, table
    from pulso_training.judgement import evaluate as run
    from pulso_training.split import Part
    from pulso_training.storage import write_text

    inputs = read_inputs(recipe, data, folder)
    rows = list(chain.from_iterable(plan.parts(inputs.rows, Part.HELD_OUT, most).values()))
    answers, found = run(model, rows, int8=int8)
    for line in table(found):
        typer.echo(line)
    reports = {str(model): found}
    if peers:
        from pulso_training.baselines import evaluate_peers

        reports |= evaluate_peers(inputs.training(), answers)
        for line in comparison(reports):
            typer.echo(line)
    if json_file is not None:
        told = {name: report.as_json() for name, report in reports.items()}
        write_text(json_file, json.dumps(told, indent=2) + "\n")
