from pulso_cli.explained import coloured, weights
from pulso_contracts.scoring import Explanation

TEXT = "Rico [red]pero[/] caro 😡"


def explanation(sentiment: str, **words: float | None) -> Explanation:
    return Explanation.model_validate(
        {
            "model_version": "m-1",
            "sentiment": sentiment,
            "probabilities": {"negative": 0.6, "neutral": 0.1, "positive": 0.3},
            "words": [
                {
                    "word": word,
                    "start": TEXT.index(word),
                    "end": TEXT.index(word) + len(word),
                    "weight": weight,
                }
                for word, weight in words.items()
            ],
            "base": 0.4,
        }
    )


def styles(sentiment: str, **words: float | None) -> dict[str, str]:
    shown = coloured(TEXT, explanation(sentiment, **words))
    assert shown.plain == TEXT
    return {TEXT[span.start : span.end]: str(span.style) for span in shown.spans}


def test_words_for_the_answer_take_its_colour_and_words_against_it_cyan() -> None:
    assert styles("negative", Rico=-0.8, caro=2.0) == {"Rico": "cyan", "caro": "bold red"}
    assert styles("positive", Rico=2.0, caro=-1.5) == {"Rico": "bold green", "caro": "bold cyan"}


def test_slight_words_stay_plain() -> None:
    assert styles("negative", Rico=0.1, pero=-0.2, caro=2.0) == {"caro": "bold red"}
    assert styles("neutral", Rico=0.0, caro=0.0) == {}
    assert styles("neutral") == {}


def test_words_that_were_not_weighed_stay_plain_and_are_not_listed() -> None:
    assert styles("negative", Rico=None, caro=2.0) == {"caro": "bold red"}
    assert weights(explanation("negative", Rico=None, caro=2.0)).plain == "caro +2.00"


def test_weights_are_listed_the_heaviest_first() -> None:
    assert weights(explanation("negative", Rico=-0.8, pero=0.05, caro=2.0)).plain == (
        "caro +2.00  Rico -0.80  pero +0.05"
    )
