"""`python -m pulso_sentiment.predict`: the body of `POST /sentiment` on stdin, its answer on stdout.

With `--explain`, the answers of `POST /sentiment/explain` to each of the texts, as a list. Works without a
running service; `PULSO_MODEL` chooses the model as it does for the service.
"""

import argparse
import os
import sys

from pulso_contracts.scoring import Explanation, SentimentRequest
from pydantic import TypeAdapter, ValidationError

from pulso_sentiment.domain.explaining import TooManyWords
from pulso_sentiment.model import ModelError
from pulso_sentiment.offline import explain_offline, score_offline


def main() -> None:
    """Reads, scores and writes; a wrong body or model is one line on stderr and status 1."""
    parser = argparse.ArgumentParser(description="Score or explain texts without a running service.")
    parser.add_argument("--explain", action="store_true", help="tell what each word did to the answer")
    explain = parser.parse_args().explain
    try:
        texts = SentimentRequest.model_validate_json(sys.stdin.buffer.read()).texts
        model = os.environ.get("PULSO_MODEL")
        answer = (
            _explained(texts, model) if explain else score_offline(texts, model).model_dump_json().encode()
        )
    except ValidationError as error:
        sys.exit(f"the body is not a sentiment request: {error.error_count()} errors")
    except TooManyWords as error:
        sys.exit(f"a text {error}")
    except ModelError as error:
        sys.exit(str(error))
    sys.stdout.buffer.write(answer + b"\n")


def _explained(texts: list[str], model: str | None) -> bytes:
    return TypeAdapter(list[Explanation]).dump_json(explain_offline(texts, model))


if __name__ == "__main__":
    main()
