"""What `helm test` runs: each service answers through the gateway.

So addresses, secrets, policies and stores fit. Nothing is written. Only the standard library, because it runs
as it is in the gateway's image.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request

QUESTIONS = (
    ("gateway", "/keys", None),
    ("ingest", "/imports", None),
    ("sentiment", "/sentiment", {"texts": ["El ceviche estuvo buenazo"]}),
    ("trends", "/trends/status", None),
    ("insights", "/insights", None),
)
PATIENCE_SECONDS = 120.0


def status_of(path: str, body: object) -> int:
    """The status of one answer; 0 when there was none."""
    headers = {"Authorization": f"Bearer {os.environ['PULSO_API_KEY']}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{os.environ['PULSO_URL']}/api/v1{path}", data, headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def main() -> int:
    """Asks all until they answer or patience ends."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    waiting = list(QUESTIONS)
    while True:
        outcomes = [(question, status_of(*question[1:])) for question in waiting]
        waiting = [question for question, status in outcomes if status != 200]
        if not waiting or time.monotonic() > deadline:
            break
        time.sleep(2)
    for (service, path, _), status in outcomes:
        print(f"{service:10} {path:45} {status or 'no answer'}")
    print("failed: " + ", ".join(service for service, *_ in waiting) if waiting else "all services answer")
    return 1 if waiting else 0


if __name__ == "__main__":
    sys.exit(main())
