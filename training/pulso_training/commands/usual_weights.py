"""`pulso-train usual-weights`: which words usually weigh, for a served model that does not know it."""

from pathlib import Path
from typing import Annotated

import typer

from pulso_training.commands.options import DataOption, FolderOption, RecipeOption


def usual_weights(
    *,
    model: Annotated[Path, typer.Option(exists=True, file_okay=False, help="Folder of a served model.")],
    data: DataOption = None,
    folder: FolderOption = None,
    recipe: RecipeOption = "student",
) -> None:
    """Weigh every word of texts of the training part, and put what usually weighs into the model's folder."""
    from pulso_sentiment.model.usual_weights import USUAL_WEIGHTS_FILE

    from pulso_training.commands.inputs import read_inputs
    from pulso_training.corpus import CorpusError
    from pulso_training.judgement import know_words
    from pulso_training.usual_weights import SHORTEST

    texts = [row.text for row in read_inputs(recipe, data, folder).training()]
    if not (weighed := know_words(model, texts)):
        raise CorpusError(f"no text of the training part has {SHORTEST} words")
    typer.echo(f"{weighed:,} texts weighed, {USUAL_WEIGHTS_FILE} in {model}")
