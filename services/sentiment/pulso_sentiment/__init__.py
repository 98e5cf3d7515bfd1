"""BERT sentiment for what people in Peru say: over HTTP, from the stream, and as a plain function."""

from collections.abc import Sequence

from pulso_contracts.scoring import Score


def score(texts: Sequence[str], model: str | None = None) -> list[Score]:
    """Score texts in this process, without a service; `model` is what `PULSO_MODEL` takes.

    Loading takes about a second, so ask for many texts at once.

    Raises:
        pulso_sentiment.model.ModelError: when the model cannot be loaded.
    """
    from pulso_sentiment.offline import score_offline

    return score_offline(texts, model).results


__all__ = ["score"]
