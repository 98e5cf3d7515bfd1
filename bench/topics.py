"""Topics: what vectors of words know of the shipped taxonomy, beside peers, and how well topics last.

All ways get the same names and the same clustering. A term's group is the widest of the taxonomy that it
belongs to. Peers: TF-IDF of character n-grams, which only sees spelling; the mean of the model's last layer;
vectors drawn by lot. Texts are read where the labelled public files lie beside the repository.
"""

import csv
import gzip
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from pulso_sentiment.domain.aspects import mentions
from pulso_sentiment.model import load_model
from pulso_sentiment.model.offline import answer
from pulso_sentiment.settings import DEFAULT_MODEL
from pulso_trends.domain.concepts import Taxonomy, shipped_concepts
from pulso_trends.domain.topics.grouping import Floats, group
from pulso_trends.domain.topics.regrouping import is_grouped, regroup
from pulso_trends.domain.topics.topics import REST, Topics
from pulso_trends.domain.words import words
from pulso_trends.worker.topics import LEAST_VOICES
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import adjusted_mutual_info_score

from bench.report import Report, main

FILES: Final = ("gmaps_pe_restaurants", "tass2020_es_pe", "domicilios_co_delivery")
SHARED: Final = Path(__file__).resolve().parents[2] / "shared" / "data"
NEIGHBOURS: Final = 5
HIDDEN: Final = 0.2
"""Terms whose group is hidden from the clustering, as that of a discovered term is unknown."""

Vectors = Mapping[str, Floats]


class Measured:
    """The shipped terms, their groups and their voices, all alike."""

    def __init__(self) -> None:
        self.taxonomy = Taxonomy(shipped_concepts())
        concepts = self.taxonomy.concepts
        self.terms = sorted(each.id for each in concepts.values() if is_grouped(each))
        self.names = [concepts[term].es for term in self.terms]
        self.groups = {term: (self.taxonomy.groups[term] or (term,))[-1] for term in self.terms}

    def agreement(self, vectors: Vectors) -> float:
        """Adjusted mutual information of groups and of the clusters of vectors alone; 0 is chance."""
        found = [
            [self.groups[term], str(n)] for n, each in enumerate(group(vectors, {}, {})) for term in each
        ]
        return float(adjusted_mutual_info_score(*zip(*found, strict=True)))

    def neighbours(self, vectors: Vectors) -> float:
        """The share of the nearest terms, by cosine, that belong to the same group."""
        own = np.stack([vectors[term] for term in self.terms])
        own -= own.mean(axis=0)
        own /= np.maximum(np.linalg.norm(own, axis=1, keepdims=True), 1e-9)
        likeness = own @ own.T
        np.fill_diagonal(likeness, -np.inf)
        nearest = np.argsort(-likeness, axis=1)[:, :NEIGHBOURS]
        labels = np.array([self.groups[term] for term in self.terms])
        return float((labels[nearest] == labels[:, None]).mean())

    def placed(self, vectors: Vectors, seed: int) -> float:
        """The share of terms of a hidden group that come to the topic where most of that group is."""
        hidden = set(random.Random(seed).sample(self.terms, round(HIDDEN * len(self.terms))))
        told = {term: kind for term, kind in self.groups.items() if term not in hidden}
        topics = {term: n for n, each in enumerate(group(vectors, told, {})) for term in each}
        members: dict[str, Counter[int]] = {}
        for term, kind in told.items():
            members.setdefault(kind, Counter())[topics[term]] += 1
        known = {kind: counts.most_common(1)[0][0] for kind, counts in members.items() if counts.total() > 2}
        asked = [term for term in sorted(hidden) if self.groups[term] in known]
        return sum(topics[term] == known[self.groups[term]] for term in asked) / len(asked)

    def lasting(self, vectors: Vectors, seed: int) -> tuple[float, float]:
        """The share of ids, and of terms that stay at theirs, when a tenth of the terms is exchanged."""
        drawn = random.Random(seed).sample(self.terms, 880)
        first = self.made(drawn[:800], vectors, Topics(), 1)
        later = self.made(drawn[80:], vectors, first, 1_000)
        ids = {topic.id for topic in first.all}
        before, after = first.of_terms(), later.of_terms()
        stayed = sum(before[term] == after[term] for term in drawn[80:800])
        return len(ids & {topic.id for topic in later.all}) / len(ids), stayed / 720

    def made(self, terms: Sequence[str], vectors: Vectors, former: Topics, next_id: int) -> Topics:
        """Topics of terms that are all as frequent."""
        heard = dict.fromkeys(terms, LEAST_VOICES)
        known = {term: vectors[term] for term in terms}
        return regroup(heard, 100_000, self.taxonomy, known, former=former, next_id=next_id).topics


def ways(measured: Measured) -> dict[str, Vectors]:
    """The vectors of the names, each way."""
    model = load_model(DEFAULT_MODEL)
    _, answers = answer(model, measured.names)
    spelling = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5)).fit_transform(measured.names)
    found = {
        "pulso": model.embed(measured.names),
        "spelling": spelling.toarray(),
        "last layer": answers.embedding,
        "lot": np.random.default_rng(0).normal(size=(len(measured.names), 384)),
    }
    return {
        way: dict(zip(measured.terms, np.asarray(rows, np.float64), strict=True))
        for way, rows in found.items()
    }


def at_home(
    measured: Measured, texts: Sequence[str], embed: Callable[[Sequence[str]], Floats]
) -> tuple[int, float, float]:
    """Topics of the terms that texts speak of, and the share of texts at home, with aspects and without."""
    taxonomy = measured.taxonomy
    spoken = [taxonomy.mentioned(words(text)) for text in texts]
    aspects = [{each.aspect.value for each in mentions(text)} for text in texts]
    counts = Counter(term for one, other in zip(spoken, aspects, strict=True) for term in one | other)
    heard = {term: count for term, count in counts.items() if count >= LEAST_VOICES}
    terms = sorted(term for term in heard if is_grouped(taxonomy.concepts[term]))
    vectors = dict(zip(terms, embed([taxonomy.concepts[term].es for term in terms]), strict=True))
    topics = regroup(heard, len(texts), taxonomy, vectors, former=Topics(), next_id=1).topics
    whole = sum(topics.home(one | other) != REST for one, other in zip(spoken, aspects, strict=True)) / len(
        texts
    )
    return len(topics.all), whole, sum(topics.home(one) != REST for one in spoken) / len(texts)


def _texts(most: int) -> list[str]:
    found: list[str] = []
    for name in FILES:
        path = SHARED / f"{name}.csv.gz"
        if path.is_file():
            with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
                found += [row["text"] for row in csv.DictReader(file)][:most]
    return found


def measure(report: Report) -> None:
    """Prints what each way knows of the taxonomy, and how topics last."""
    measured = Measured()
    report.figure("terms", len(measured.terms))
    report.figure("groups of the taxonomy", len(set(measured.groups.values())))
    seeds = range(2 if report.quick else 10)
    vectors = ways(measured)
    for way, known in vectors.items():
        report.figure(f"of 5 neighbours in the same group, {way}", measured.neighbours(known))
        report.figure(f"AMI of bare clusters and groups, {way}", measured.agreement(known))
        placed = float(np.mean([measured.placed(known, seed) for seed in seeds]))
        report.figure(f"hidden terms placed with their group, {way}", placed)
    lasting = [measured.lasting(vectors["pulso"], seed) for seed in seeds]
    report.at_least("ids kept when a tenth is exchanged, worst", min(ids for ids, _ in lasting), 0.9)
    report.at_least("terms kept then, worst", min(terms for _, terms in lasting), 0.9)
    texts = _texts(500 if report.quick else 5_000)
    report.figure("public texts", len(texts))
    if texts:
        model = load_model(DEFAULT_MODEL)
        topics, whole, without = at_home(measured, texts, lambda names: model.embed(names).astype(np.float64))
        report.figure("topics of these texts", topics)
        report.figure("texts at home in one", whole)
        report.figure("… without the aspects", without)


if __name__ == "__main__":
    main(measure)
