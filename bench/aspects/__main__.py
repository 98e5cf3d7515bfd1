"""Aspects and their polarity on sentences written for it, beside the whole sentence's polarity."""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from pulso_contracts.scoring import Aspect, Score, Sentiment
from pulso_sentiment.domain.reading import read
from pulso_sentiment.offline import score_offline
from sklearn.metrics import f1_score

from bench.report import Report, main

FOLDER: Final = Path(__file__).parent
SETS: Final = {"test": "sentences.csv", "development": "development.csv"}

Labels = Mapping[Aspect, Sentiment]


def measure(report: Report) -> None:
    """Scores both sets with the default model as the services do; the dictionary was made on one."""
    for name, file in SETS.items():
        texts, truth = _sentences(FOLDER / file)
        scores = score_offline(texts, None).results
        found: list[Labels] = [{each.aspect: each.sentiment for each in score.aspects} for score in scores]
        opinions, told, hits = _count(truth), _count(found), len(_pairs(truth, found))
        report.figure(f"{name}: sentences", len(texts))
        report.figure(f"{name}: opinions", opinions)
        report.figure(f"{name}: texts read per sentence", _pieces(texts))
        report.figure(f"{name}: aspects found, recall", hits / opinions)
        report.figure(f"{name}: aspects found, precision", hits / told)
        ways: dict[str, list[Labels]] = {
            "Pulso": found,
            "whole sentence": _whole(scores, found),
            "most frequent": _most_frequent(truth, found),
        }
        for way, answers in ways.items():
            _polarity(report, f"{name}, {way}", truth, answers)


def _polarity(report: Report, way: str, truth: Sequence[Labels], told: Sequence[Labels]) -> None:
    """Tells polarity of the aspects found, also in mixed sentences, and F1 of (aspect, polarity)."""
    pairs = _pairs(truth, told)
    known, answers = [one for one, _ in pairs], [other for _, other in pairs]
    right = sum(one is other for one, other in pairs)
    report.figure(f"{way}: polarity right", right / len(pairs))
    labels = list(Sentiment)
    report.figure(
        f"{way}: macro-F1", f1_score(known, answers, labels=labels, average="macro", zero_division=0)
    )
    mixed = _pairs(*_only_mixed(truth, told))
    report.figure(f"{way}: right if mixed", sum(one is other for one, other in mixed) / len(mixed))
    report.figure(f"{way}: pairs, F1", 2 * right / (_count(truth) + _count(told)))


def _sentences(path: Path) -> tuple[list[str], list[Labels]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    truth: list[Labels] = [
        {
            Aspect(name): Sentiment(label)
            for name, _, label in (each.partition(":") for each in row["aspects"].split(";"))
        }
        for row in rows
    ]
    return [row["text"] for row in rows], truth


def _pieces(texts: Sequence[str]) -> float:
    return sum(len(read(text).pieces) for text in texts) / len(texts)


def _count(labels: Iterable[Labels]) -> int:
    return sum(map(len, labels))


def _whole(scores: Sequence[Score], found: Sequence[Labels]) -> list[Labels]:
    return [dict.fromkeys(labels, score.sentiment) for score, labels in zip(scores, found, strict=True)]


def _most_frequent(truth: Sequence[Labels], found: Sequence[Labels]) -> list[Labels]:
    ((label, _),) = Counter(label for labels in truth for label in labels.values()).most_common(1)
    return [dict.fromkeys(labels, label) for labels in found]


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
