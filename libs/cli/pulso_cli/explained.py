"""How an explanation is shown: the text in the colours of what each word did to its answer."""

from pulso_contracts.scoring import Explanation, Sentiment, WordWeight
from rich.text import Text

SENTIMENT_COLOURS = {Sentiment.NEGATIVE: "red", Sentiment.NEUTRAL: "yellow", Sentiment.POSITIVE: "green"}
_AGAINST = "cyan"
_STRONG = 0.5
_SLIGHT = 0.15


def coloured(text: str, explanation: Explanation) -> Text:
    """Return `text`, words that speak for its answer in the answer's colour and those against it in cyan.

    Measured by the heaviest word of the text, half its weight is bold, and below 15 % a word stays plain.
    """
    shown = Text(text)
    weighed = _weighed(explanation)
    heaviest = max((abs(weight) for _, weight in weighed), default=0.0)
    for word, weight in weighed:
        strength = abs(weight) / heaviest if heaviest else 0.0
        if strength < _SLIGHT:
            continue
        colour = SENTIMENT_COLOURS[explanation.sentiment] if weight > 0 else _AGAINST
        shown.stylize(f"bold {colour}" if strength >= _STRONG else colour, word.start, word.end)
    return shown


def weights(explanation: Explanation) -> Text:
    """Return the words and their weights, the heaviest first, in the same colours."""
    shown = Text()
    for word, weight in sorted(_weighed(explanation), key=lambda each: -abs(each[1])):
        colour = SENTIMENT_COLOURS[explanation.sentiment] if weight > 0 else _AGAINST
        shown.append(f"{word.word} ").append(f"{weight:+.2f}", style=colour).append("  ")
    shown.rstrip()
    return shown


def _weighed(explanation: Explanation) -> list[tuple[WordWeight, float]]:
    return [(word, word.weight) for word in explanation.words if word.weight is not None]
