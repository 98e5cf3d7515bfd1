"""How an explanation is shown: the text in the colours of what each word did to its answer."""

from pulso_contracts.scoring import Explanation, Sentiment
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
    heaviest = max((abs(word.weight) for word in explanation.words), default=0.0)
    for word in explanation.words:
        strength = abs(word.weight) / heaviest if heaviest else 0.0
        if strength < _SLIGHT:
            continue
        colour = SENTIMENT_COLOURS[explanation.sentiment] if word.weight > 0 else _AGAINST
        shown.stylize(f"bold {colour}" if strength >= _STRONG else colour, word.start, word.end)
    return shown


def weights(explanation: Explanation) -> Text:
    """Return the words and their weights, the heaviest first, in the same colours."""
    shown = Text()
    for word in sorted(explanation.words, key=lambda word: -abs(word.weight)):
        colour = SENTIMENT_COLOURS[explanation.sentiment] if word.weight > 0 else _AGAINST
        shown.append(f"{word.word} ").append(f"{word.weight:+.2f}", style=colour).append("  ")
    shown.rstrip()
    return shown
