"""`pulso predict`."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer
from pulso_contracts.scoring import MAX_TEXTS_PER_REQUEST, Explanation, SentimentResponse
from pydantic import TypeAdapter, ValidationError
from rich.table import Table

from pulso_cli.console import err, out, print_json
from pulso_cli.explained import SENTIMENT_COLOURS, coloured, weights
from pulso_cli.failures import CommandFailed, ExitCode
from pulso_cli.gateway import Gateway
from pulso_cli.options import DEFAULT_DATA_DIR, AsJson, DataDir, Key, Url
from pulso_cli.stack.layout import Layout
from pulso_cli.stack.state import running_stack
from pulso_cli.target import open_gateway

Answer = SentimentResponse | list[Explanation]
_SCORES: TypeAdapter[Answer] = TypeAdapter(SentimentResponse)
_EXPLANATIONS: TypeAdapter[Answer] = TypeAdapter(list[Explanation])


def predict(
    texts: Annotated[list[str], typer.Argument(metavar="TEXT…", help="What people said.")],
    *,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show what each word did to the answer.")
    ] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    url: Url = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Score texts with the running stack, or, where none runs, with the model alone."""
    if len(texts) > MAX_TEXTS_PER_REQUEST:
        raise CommandFailed(f"At most {MAX_TEXTS_PER_REQUEST} texts at a time.", ExitCode.USAGE)
    kind = _EXPLANATIONS if explain else _SCORES
    if url is not None or running_stack(Layout.at(data_dir)) is not None:
        with open_gateway(data_dir, url, key) as gateway:
            answer = kind.validate_python(_asked(gateway, texts, explain=explain))
    else:
        answer = _with_the_model_alone(texts, kind, ["--explain"] if explain else [])
    if as_json:
        print_json(kind.dump_python(answer, mode="json"))
    elif isinstance(answer, SentimentResponse):
        _show_scores(texts, answer)
    else:
        _show_explanations(texts, answer)


def _asked(gateway: Gateway, texts: list[str], *, explain: bool) -> object:
    if explain:
        return [gateway.post("/sentiment/explain", {"text": text, "every_word": True}) for text in texts]
    return gateway.post("/sentiment", {"texts": texts})


def _with_the_model_alone(texts: list[str], kind: TypeAdapter[Answer], options: list[str]) -> Answer:
    """Runs the sentiment service's own command, texts in and answers out as JSON."""
    with err.status("Loading the model…"):
        run = subprocess.run(
            [sys.executable, "-P", "-m", "pulso_sentiment.predict", *options],
            input=json.dumps({"texts": texts}),
            capture_output=True,
            text=True,
            check=False,
            cwd=Path.cwd(),
        )
    if run.returncode == 0:
        try:
            return kind.validate_json(run.stdout)
        except ValidationError:
            pass
    reason = (run.stderr.strip().splitlines() or ["no answer"])[-1]
    raise CommandFailed(f"The model could not be used: {reason}")


def _show_scores(texts: list[str], answer: SentimentResponse) -> None:
    table = Table("Text", "Sentiment", "Score", "Aspects", caption=f"model {answer.model_version}")
    for text, result in zip(texts, answer.results, strict=True):
        aspects = ", ".join(
            f"[{SENTIMENT_COLOURS[found.sentiment]}]{found.aspect}[/] {found.score:+.2f}"
            for found in result.aspects
        )
        table.add_row(
            text.replace("[", r"\["),
            f"[{SENTIMENT_COLOURS[result.sentiment]}]{result.sentiment}[/]",
            f"{result.score:+.2f}",
            aspects,
        )
    out.print(table)


def _show_explanations(texts: list[str], explanations: list[Explanation]) -> None:
    table = Table(
        "Text", "Sentiment", "Weights of its words", caption=f"model {explanations[0].model_version}"
    )
    for text, told in zip(texts, explanations, strict=True):
        sentiment = f"[{SENTIMENT_COLOURS[told.sentiment]}]{told.sentiment}[/]"
        table.add_row(coloured(text, told), sentiment, weights(told))
    out.print(table)
    out.print("In the colour of the answer: words that speak for it; in [cyan]cyan[/]: against it.")
