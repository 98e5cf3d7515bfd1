"""Segments: planted tastes found again, people without any left undivided, ids kept from week to week.

People write on some days about what everybody talks about, and in a share of their remarks, the strength,
about what their planted group likes. Peers on the same people: k-means with k = 8 on raw counts of concepts;
in the space of tastes that Pulso uses, HDBSCAN, and k-means with the k of the best silhouette.
"""

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pulso_trends.domain.concepts import Taxonomy, shipped_concepts
from pulso_trends.domain.segments.division import Division, divided
from pulso_trends.domain.segments.finding import described
from pulso_trends.domain.segments.matching import Profile, matched
from pulso_trends.domain.segments.people import Integers, People
from pulso_trends.domain.segments.space import Space, unit
from pulso_trends.domain.segments.structure import by_person
from pulso_trends.domain.segments.tags import tags
from scipy.sparse import csr_array
from sklearn.cluster import HDBSCAN, KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score

from bench.report import Report, main

Floats = NDArray[np.float64]

STRENGTHS: Final = {"weak": 0.2, "medium": 0.35, "strong": 0.5}
GROUPS: Final = (3, 5, 8)
SIZES: Final = (400, 1_500)
SEASON_DAYS: Final = 180
WEEK: Final = 7
WEEKS: Final = 6
TASTES: Final = (
    ("ceviche", "pescados_y_mariscos"),
    ("postres", "tortas_y_pasteles", "dulces_tradicionales"),
    ("cafes", "panes", "desayunos"),
    ("pollos_y_brasas", "comida_rapida", "gaseosas"),
    ("cervezas", "piscos_y_cocteles", "piqueos"),
    ("cocina_andina", "sopas", "granos_andinos"),
    ("frutas", "jugos", "ensaladas"),
    ("chifa", "nikkei", "pastas"),
)
"""Groups of the taxonomy that one planted group of people likes."""
ALIKE: Final = ("alike", "amounts", "seasons", "pairs")
"""People without tastes: the same for all; of very different amounts; what is in season when they write; what
goes together in one remark."""

_TAXONOMY: Final = Taxonomy(shipped_concepts())
_PARENTS: Final = {group for groups in _TAXONOMY.groups.values() for group in groups}
NAMES: Final = tuple(name for name in _TAXONOMY.concepts if name not in _PARENTS)


@dataclass(frozen=True, slots=True)
class Crowd:
    """Simulated people and the group of each."""

    people: People
    truth: Integers


def crowd(
    size: int, groups: int, strength: float, seed: int, *, days: int = SEASON_DAYS, kind: str = ""
) -> Crowd:
    """Draw people who write on at least five days; the same seed draws the same."""
    draw = np.random.default_rng(seed)
    usual = _usual(draw)
    liked = [_liked(names, draw) for names in TASTES[:groups]]
    truth = draw.integers(0, max(groups, 1), size)
    spread = 0.4 if kind == "amounts" else 2.0
    active = 5 + draw.negative_binomial(spread, spread / (spread + 3 * days / SEASON_DAYS), size)
    owner = np.repeat(np.arange(size), active)
    day = draw.integers(0, days, len(owner))
    if kind == "seasons":
        start = np.repeat(draw.integers(0, days - 40, size), active)
        day = start + draw.integers(0, 40, len(owner))
    order = np.lexsort((day, owner))
    owner, day = owner[order], day[order]
    said = 1 + draw.poisson(0.8, len(owner))
    remark = np.repeat(np.arange(len(owner)), said)
    chosen = _drawn(usual, len(remark), draw)
    if kind == "seasons":
        shifted = np.roll(usual, 60)
        late = draw.random(len(remark)) < day[remark] / days
        chosen[late] = _drawn(shifted, int(late.sum()), draw)
    if kind == "pairs":
        remark, chosen = (
            np.repeat(remark, 2),
            np.stack([chosen, (chosen + 1) % len(NAMES)], axis=1).reshape(-1),
        )
    own = draw.random(len(remark)) < strength
    for group, weights in enumerate(liked):
        here = own & (truth[owner[remark]] == group)
        chosen[here] = _drawn(weights, int(here.sum()), draw)
    if kind == "each_their_own":
        for person in range(size):
            here = own & (owner[remark] == person)
            chosen[here] = _drawn(draw.dirichlet(np.full(len(NAMES), 0.01)), int(here.sum()), draw)
    table = csr_array((np.ones(len(remark)), (remark, chosen)), shape=(len(owner), len(NAMES)))
    table.data[:] = 1
    return Crowd(_people(owner, day, table, size), truth)


def _usual(draw: np.random.Generator) -> Floats:
    """Return how much everybody talks of each concept (Zipf's law), in an order of the seed's own."""
    weights = draw.permutation(1 / np.arange(1, len(NAMES) + 1))
    return np.asarray(weights / weights.sum(), float)


def _liked(groups: tuple[str, ...], draw: np.random.Generator) -> Floats:
    inside = np.array([not {name, *_TAXONOMY.groups[name]}.isdisjoint(groups) for name in NAMES])
    weights = np.where(inside, draw.gamma(0.7, size=len(NAMES)), 0)
    return np.asarray(weights / weights.sum(), float)


def _drawn(weights: Floats, count: int, draw: np.random.Generator) -> Integers:
    return np.asarray(draw.choice(len(NAMES), size=count, p=weights), np.int64)


def _people(owner: Integers, day: Integers, table: csr_array, size: int) -> People:
    """Join remarks of one person on one day, and leave out what segments are not made of."""
    unique, row = np.unique(np.stack([owner, day]), axis=1, return_inverse=True)
    joining = csr_array((np.ones(len(owner)), (row.reshape(-1), np.arange(len(owner)))))
    concepts = joining @ table
    concepts.data[:] = 1
    voices = np.bincount(owner, minlength=size)
    moods = np.stack([voices, 0 * voices, 0 * voices], axis=1)
    nowhere = np.full(size, -1)
    empty = csr_array((unique.shape[1], len(tags())))
    return People(voices, moods, np.zeros(size), nowhere, unique[0], unique[1], concepts, empty, NAMES)


def by_pulso(people: People) -> Integers | None:
    """Divide people as the service does; None when it does not."""
    found = divided(people)
    return found.members if isinstance(found, Division) else None


def by_eight_on_counts(people: People) -> Integers | None:
    """k-means with k = 8 on raw counts."""
    counts = by_person(people.owner, people.concepts, len(people))
    return np.asarray(KMeans(8, n_init=5, random_state=0).fit_predict(counts.toarray()))


def by_hdbscan(people: People) -> Integers | None:
    """HDBSCAN in the space of tastes; None when it finds one group or none."""
    labels = np.asarray(HDBSCAN(min_cluster_size=10, copy=True).fit_predict(_places(people)))
    return labels if labels.max() > 0 else None


def by_silhouette(people: People) -> Integers | None:
    """k-means in the space of tastes with the k of the best silhouette."""
    places = _places(people)
    found = [KMeans(groups, n_init=5, random_state=0).fit_predict(places) for groups in range(2, 13)]
    return np.asarray(max(found, key=lambda labels: float(silhouette_score(places, labels))), np.int64)


def _places(people: People) -> Floats:
    counts = by_person(people.owner, people.concepts, len(people))
    return unit(Space(counts).coordinates(counts))


WAYS: Final[dict[str, Callable[[People], Integers | None]]] = {
    "pulso": by_pulso,
    "kmeans_8_on_counts": by_eight_on_counts,
    "hdbscan": by_hdbscan,
    "silhouette": by_silhouette,
}


def recovery(report: Report, sizes: tuple[int, ...], rounds: int) -> None:
    """Prints the adjusted Rand index at each strength, 0 where nobody is divided."""
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    right: dict[str, list[bool]] = defaultdict(list)
    seconds = 0.0
    for (name, strength), groups, size, seed in product(STRENGTHS.items(), GROUPS, sizes, range(rounds)):
        made = crowd(size, groups, strength, 1_000 * groups + seed)
        for way, divide in WAYS.items():
            begun = time.process_time()
            labels = divide(made.people)
            seconds += (time.process_time() - begun) * (way == "pulso")
            found[way, name].append(0.0 if labels is None else adjusted_rand_score(made.truth, labels))
            if way == "pulso":
                right[name].append(labels is not None and len(set(labels.tolist()) - {-1}) == groups)
    for name in STRENGTHS:
        for way in WAYS:
            figure = f"rand_index_{name}_{way}"
            value = float(np.mean(found[way, name]))
            if (way, name) == ("pulso", "strong"):
                report.at_least(figure, value, 0.85)
            else:
                report.figure(figure, value)
        report.figure(f"right_number_of_groups_{name}", float(np.mean(right[name])))
    report.figure("cpu_of_one_division_s", seconds / len(right) / len(right["weak"]))


def falsely_divided(report: Report, rounds: int) -> None:
    """Prints how often people without tastes are divided."""
    wrong: dict[str, list[bool]] = defaultdict(list)
    for kind in ALIKE:
        for seed in range(rounds):
            made = crowd(SIZES[0], 0, 0.0, 5_000 + seed, kind=kind)
            told = by_pulso(made.people) is not None
            wrong[kind].append(told)
            wrong["pulso"].append(told)
            if seed < rounds // 5 + 1:
                wrong["hdbscan"].append(by_hdbscan(made.people) is not None)
    report.at_most("falsely_divided_pulso", float(np.mean(wrong["pulso"])), 0.05)
    for kind in (*ALIKE, "hdbscan"):
        report.figure(f"falsely_divided_{kind}", float(np.mean(wrong[kind])))
    own = [
        by_pulso(crowd(SIZES[0], 0, 0.5, seed, kind="each_their_own").people) is not None
        for seed in range(rounds // 5 + 1)
    ]
    report.figure("divided_where_each_has_a_taste_of_their_own", float(np.mean(own)))


def _window(made: People, first: int) -> tuple[People, Integers]:
    """Return who wrote on five days of a window, and their numbers outside."""
    inside = (made.days >= first) & (made.days < first + SEASON_DAYS)
    enough = np.flatnonzero(np.bincount(made.owner[inside], minlength=len(made)) >= 5)
    rows = np.flatnonzero(inside & np.isin(made.owner, enough))
    owner = np.searchsorted(enough, made.owner[rows])
    return _people(owner, made.days[rows], made.concepts[rows], len(enough)), enough


def kept_ids(report: Report, weeks: int, rounds: int) -> None:
    """Prints how many segments keep their id when the window moves on by a week.

    One keeps it when most of its members who are in a segment a week later are in the one with its id.
    """
    kept: dict[str, list[bool]] = defaultdict(list)
    for (name, strength), seed in product(STRENGTHS.items(), range(rounds)):
        made = crowd(SIZES[1], 5, strength, 9_000 + seed, days=SEASON_DAYS + weeks * WEEK).people
        former: dict[int, Profile] = {}
        found = []
        for first in range(0, (weeks + 1) * WEEK, WEEK):
            people, numbers = _window(made, first)
            found.append(_with_ids(people, numbers, former))
        for before, after in pairwise(found):
            for each in set(before.values()):
                later = [after[person] for person, own in before.items() if own == each and person in after]
                kept[name].append(bool(later) and max(set(later), key=later.count) == each)
    together = [each for name in kept for each in kept[name]]
    report.at_least("ids_kept_from_week_to_week", float(np.mean(together)), 0.9)
    for name in STRENGTHS:
        report.figure(f"ids_kept_{name}", float(np.mean(kept[name])) if kept[name] else "none found")


def _with_ids(people: People, numbers: Integers, former: dict[int, Profile]) -> dict[int, int]:
    """Divide people, give ids as the store does, and return the id of each person's segment."""
    division = divided(people)
    if not isinstance(division, Division):
        return {}
    groups = described(people, division, tags())
    profiles = [group.profile for group in groups.values()]
    ids: dict[int, int] = {}
    for number, profile, known in zip(groups, profiles, matched(profiles, former), strict=True):
        identifier = max(former, default=0) + 1 if known is None else known
        former[identifier] = profile
        ids |= dict.fromkeys(numbers[division.members == number].tolist(), identifier)
    return ids


def measure(report: Report) -> None:
    """Prints recovery, false divisions and kept ids, with their bars."""
    by_pulso(crowd(100, 2, 0.5, 0).people)  # loads the libraries
    recovery(report, SIZES[:1] if report.quick else SIZES, 1 if report.quick else 2)
    falsely_divided(report, 3 if report.quick else 50)
    kept_ids(report, 2 if report.quick else WEEKS, 1 if report.quick else 2)


if __name__ == "__main__":
    main(measure)
