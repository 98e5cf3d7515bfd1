"""Polarity per aspect on sentences written for it, beside the whole sentence's polarity for every aspect."""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from pulso_contracts.scoring import Aspect, Score, Sentiment
from pulso_sentiment.offline import score_offline
from sklearn.metrics import f1_score

from bench.report import Report, main

SENTENCES: Final = Path(__file__).with_name("sentences.csv")

Labels = Mapping[Aspect, Sentiment]


def measure(report: Report) -> None:
    """Scores all sentences with the default model as the services do."""
    texts, truth = _sentences()
    scores = score_offline(texts, None).results
    found: list[Labels] = [{each.aspect: each.sentiment for each in score.aspects} for score in scores]
    report.figure("sentences", len(texts))
    report.figure("opinions", sum(map(len, truth)))
    hits = sum(len(known.keys() & told.keys()) for known, told in zip(truth, found, strict=True))
    report.figure("aspects found, recall", hits / sum(map(len, truth)))
    report.figure("aspects found, precision", hits / sum(map(len, found)))
    ways: dict[str, list[Labels]] = {"by clause": found, "by whole sentence": _whole(scores, found)}
    for way, told in ways.items():
        pairs = _pairs(truth, told)
        known, answers = [one for one, _ in pairs], [other for _, other in pairs]
        right = sum(one is other for one, other in pairs) / len(pairs)
        report.figure(f"polarity of found aspects right, {way}", right)
        labels = list(Sentiment)
        report.figure(f"… macro-F1, {way}", f1_score(known, answers, labels=labels, average="macro"))
        mixed = _pairs(*_only_mixed(truth, told))
        report.figure(
            f"… in sentences of several polarities, {way}",
            sum(one is other for one, other in mixed) / len(mixed),
        )
    majority = Counter(label for labels_of in truth for label in labels_of.values()).most_common(1)[0]
    report.figure("… always the most frequent polarity", majority[1] / sum(map(len, truth)))


def _sentences() -> tuple[list[str], list[Labels]]:
    with SENTENCES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    truth: list[Labels] = [
        {
            Aspect(name): Sentiment(label)
            for name, _, label in (each.partition(":") for each in row["aspects"].split(";"))
        }
        for row in rows
    ]
    return [row["text"] for row in rows], truth


def _whole(scores: Sequence[Score], found: Sequence[Labels]) -> list[Labels]:
    return [dict.fromkeys(labels, score.sentiment) for score, labels in zip(scores, found, strict=True)]


def _pairs(truth: Sequence[Labels], told: Sequence[Labels]) -> list[tuple[Sentiment, Sentiment]]:
    """The known and the told polarity of every aspect that was found."""
    return [
        (known[aspect], labels[aspect])
        for known, labels in zip(truth, told, strict=True)
        for aspect in known.keys() & labels.keys()
    ]


def _only_mixed(truth: Sequence[Labels], told: Sequence[Labels]) -> tuple[list[Labels], list[Labels]]:
    both = [
        (known, labels) for known, labels in zip(truth, told, strict=True) if len(set(known.values())) > 1
    ]
    return [known for known, _ in both], [labels for _, labels in both]


if __name__ == "__main__":
    main(measure)
