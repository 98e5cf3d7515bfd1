"""`pulso predict`."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer
from pulso_contracts.scoring import MAX_TEXTS_PER_REQUEST, Sentiment, SentimentResponse
from pydantic import ValidationError
from rich.table import Table

from pulso_cli.console import err, out, print_json
from pulso_cli.failures import CommandFailed, ExitCode
from pulso_cli.options import DEFAULT_DATA_DIR, AsJson, DataDir, Key, Url
from pulso_cli.stack.layout import Layout
from pulso_cli.stack.state import running_stack
from pulso_cli.target import open_gateway

_COLOURS = {Sentiment.NEGATIVE: "red", Sentiment.NEUTRAL: "yellow", Sentiment.POSITIVE: "green"}


def predict(
    texts: Annotated[list[str], typer.Argument(metavar="TEXT…", help="What people said.")],
    data_dir: DataDir = DEFAULT_DATA_DIR,
    url: Url = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Score texts with the running stack, or, where none runs, with the model alone."""
    if len(texts) > MAX_TEXTS_PER_REQUEST:
        raise CommandFailed(f"At most {MAX_TEXTS_PER_REQUEST} texts at a time.", ExitCode.USAGE)
    if url is not None or running_stack(Layout.at(data_dir)) is not None:
        with open_gateway(data_dir, url, key) as gateway:
            answer = SentimentResponse.model_validate(gateway.post("/sentiment", {"texts": texts}))
    else:
        answer = _with_the_model_alone(texts)
    if as_json:
        print_json(answer.model_dump(mode="json"))
    else:
        _show(texts, answer)


def _with_the_model_alone(texts: list[str]) -> SentimentResponse:
    """Runs the sentiment service's own command, texts in and scores out as JSON."""
    with err.status("Loading the model…"):
        run = subprocess.run(
            [sys.executable, "-P", "-m", "pulso_sentiment.predict"],
            input=json.dumps({"texts": texts}),
            capture_output=True,
            text=True,
            check=False,
            cwd=Path.cwd(),
        )
    if run.returncode == 0:
        try:
            return SentimentResponse.model_validate_json(run.stdout)
        except ValidationError:
            pass
    reason = (run.stderr.strip().splitlines() or ["no answer"])[-1]
    raise CommandFailed(f"The model could not be used: {reason}")


def _show(texts: list[str], answer: SentimentResponse) -> None:
    table = Table("Text", "Sentiment", "Score", "Aspects", caption=f"model {answer.model_version}")
    for text, result in zip(texts, answer.results, strict=True):
        aspects = ", ".join(
            f"[{_COLOURS[found.sentiment]}]{found.aspect}[/] {found.score:+.2f}" for found in result.aspects
        )
        table.add_row(
            text.replace("[", r"\["),
            f"[{_COLOURS[result.sentiment]}]{result.sentiment}[/]",
            f"{result.score:+.2f}",
            aspects,
        )
    out.print(table)
