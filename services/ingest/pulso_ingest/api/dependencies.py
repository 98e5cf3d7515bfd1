"""What endpoints are given."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import Depends, Request
from pulso_kit.errors import Unavailable
from pulso_streams import StreamFull, StreamUnavailable

from pulso_ingest.intake import Intake


def _intake(request: Request) -> Intake:
    intake = request.app.state.intake
    assert isinstance(intake, Intake)  # noqa: S101 - set by the lifespan
    return intake


TheIntake = Annotated[Intake, Depends(_intake)]


@contextmanager
def refusals() -> Iterator[None]:
    """Makes a stream that is full or gone an answer that says when to come back."""
    try:
        yield
    except StreamFull as error:
        raise Unavailable(
            "The queue is full; nothing was accepted.", retry_after=error.retry_after
        ) from error
    except StreamUnavailable as error:
        # A server that is slow may yet take what it was sent; ids make the repeat harmless.
        detail = "The queue does not answer. Send the same again: what was taken already counts once."
        raise Unavailable(detail, retry_after=error.retry_after) from error
