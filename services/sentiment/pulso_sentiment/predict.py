"""`python -m pulso_sentiment.predict`: the body of `POST /sentiment` on stdin, its answer on stdout.

Scores without a running service; `PULSO_MODEL` chooses the model as it does for the service.
"""

import os
import sys

from pulso_contracts.scoring import SentimentRequest
from pydantic import ValidationError

from pulso_sentiment.model import ModelError
from pulso_sentiment.offline import score_offline


def main() -> None:
    """Reads, scores and writes; a wrong body or model is one line on stderr and status 1."""
    try:
        body = SentimentRequest.model_validate_json(sys.stdin.buffer.read())
        answer = score_offline(body.texts, os.environ.get("PULSO_MODEL"))
    except ValidationError as error:
        sys.exit(f"the body is not a sentiment request: {error.error_count()} errors")
    except ModelError as error:
        sys.exit(str(error))
    sys.stdout.write(answer.model_dump_json() + "\n")


if __name__ == "__main__":
    main()
