"""What a rating adds to counts, what is told of few, and whose talk may lead stars."""

from datetime import UTC, datetime

import numpy as np
import pytest
from pulso_contracts.leading import TalkLink
from pulso_contracts.ratings import LEAST_RATED
from pulso_contracts.trends import Bucket
from pulso_trends.domain.cube import MICRO, observation
from pulso_trends.domain.events import Unusable, read_event
from pulso_trends.domain.leading.link import MOST_LAG
from pulso_trends.domain.leading.range import Weeks
from pulso_trends.domain.period import period_between
from pulso_trends.domain.ratings.answer import mean_intervals, series
from pulso_trends.domain.ratings.cells import RATED, roll_up_ratings, star
from pulso_trends.domain.ratings.lead import findings, histories
from pulso_trends.domain.series import SeriesQuestion
from pulso_trends.domain.tabulating import Cells

NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rating", "nearest"), [(1, 1), (1.49, 1), (1.5, 2), (2.5, 3), (4.49, 4), (4.5, 5), (5, 5)]
)
def test_half_stars_count_upwards(rating, nearest):
    assert star(rating) == nearest


@pytest.mark.parametrize(
    ("rating", "sentiment", "contradicts"),
    [
        (5, "negative", (1, 0)),
        (4, "negative", (1, 0)),
        (3.9, "negative", (0, 0)),
        (4, "neutral", (0, 0)),
        (3, "positive", (0, 0)),
        (2, "positive", (0, 1)),
        (1, "positive", (0, 1)),
        (1, "negative", (0, 0)),
    ],
)
def test_stars_and_text_contradict_each_other_only_from_opposite_ends(scored, rating, sentiment, contradicts):
    # An opinion on one aspect is no text of its own: five stars and a slow delivery do not contradict.
    event = scored(rating=rating, sentiment=sentiment, aspects={"sabor": "positive", "entrega": "negative"})
    cells = roll_up_ratings([observation(event)])
    assert {tuple(tally[-2:]) for tally in cells.values()} == {contradicts}
    assert {key.aspect for key in cells} == {"", "sabor", "entrega"}


def test_items_without_stars_add_nothing(scored):
    assert roll_up_ratings([observation(scored(rating=None))]) == {}


@pytest.mark.parametrize("rating", [0.99, 5.01, 1e300])
def test_a_rating_that_no_scale_has_is_not_indexed(scored, rating):
    body = scored().model_copy(update={"rating": rating}).model_dump_json().encode()
    with pytest.raises(Unusable, match="rating out of range"):
        read_event("feedback.scored.v1", body)


def test_equal_stars_are_no_certainty_and_the_interval_stays_on_the_scale():
    stars = np.array([(0, 0, 0, 0, 5), (0, 0, 0, 0, 500), (4, 0, 0, 0, 1)])
    (few, many, low), (*highest, _) = mean_intervals(stars, np.array([5.0, 5.0, 1.8]))
    assert highest == [5.0, 5.0]
    assert few < 3.8
    assert 4.97 < many < 5.0
    assert low == 1.0


@pytest.mark.parametrize("size", [LEAST_RATED, 20, 100])
@pytest.mark.parametrize("parts", [(0.18, 0.07, 0.08, 0.22, 0.45), (0.02, 0.02, 0.04, 0.2, 0.72)])
def test_intervals_hold_the_true_mean(size, parts):
    """Of stars as reviews have them: most at the ends."""
    generator, parts = np.random.default_rng(size), np.array(parts)
    stars = generator.multinomial(size, parts, 2_000)
    truth, scale = parts @ range(1, 6), np.arange(1, 6)
    low, high = mean_intervals(stars, stars @ scale / size)
    assert np.mean((low <= truth) & (truth <= high)) >= 0.93


def tally(stars, **sums):
    cell = dict.fromkeys(RATED, 0) | dict(zip(RATED, stars, strict=False))
    cell["rating"] = sum(value * count for value, count in enumerate(stars, start=1)) * MICRO
    return list((cell | sums).values())


def test_means_are_told_from_enough_ratings_on_and_shares_from_the_first():
    question = SeriesQuestion(period_between(None, NOW, Bucket.DAY, now=NOW))
    first = question.period.first
    rated = [Cells("", first, tally((0, 0, 0, 1, 3))), Cells("", first + 1, tally((1, 0, 0, 1, 3)))]
    said = [Cells("", first + day, [4, 4, 2]) for day in range(3)]
    [found] = series(question, rated, said)
    few, enough, none, empty, *_ = found.points
    assert (few.rated, few.mean, few.low, few.text_score) == (4, None, None, None)
    assert (few.rated_share, few.stars.five, few.contradiction_share) == (0.4, 0.75, 0.0)
    assert (enough.mean, enough.rated_share) == (4.0, 0.5)
    assert enough.low < 4 < enough.high
    assert (none.count, none.rated_share, none.stars, none.contradiction_share) == (10, 0.0, None, None)
    assert (empty.count, empty.rated_share) == (0, None)
    assert (found.total.rated, found.total.count, found.total.mean) == (9, 30, 4.3333)


WEEKS = Weeks(20_003, 20_003 + 7 * 120)
"""From a Monday on."""


def week(number):
    return WEEKS.first + 7 * (number - MOST_LAG)


def history(generator, mood, lead=None):
    """Weeks in which unrated talk has this mood, and stars follow it `lead` weeks later, else their own."""
    length = len(mood)
    own = generator.normal(0, 0.5, length)
    if lead is not None:
        own[lead:] = mood[:-lead]
    rated, said = [], []
    for number in range(length):
        five = generator.binomial(60, 1 / (1 + np.exp(-0.5 - own[number])))
        items = generator.poisson(80)
        scores = round((items * 0.3 * mood[number] + 60 * 0.9) * MICRO)
        rated.append(Cells("chicha", week(number), tally((60 - five, 0, 0, 0, five), score=54 * MICRO)))
        said.append(Cells("chicha", week(number), [60 + items, 0, 0, scores, 0, 0]))
    return histories(WEEKS, rated, said, 20)


def test_talk_without_stars_that_leads_them_is_found():
    generator = np.random.default_rng(3)
    [found] = findings(WEEKS, history(generator, generator.normal(0, 0.8, 120 + MOST_LAG), lead=2))
    assert (found.link, found.weeks, found.measure, found.direction) == ("talk_leads", 2, "score", "more")


def test_texts_of_rated_items_are_no_talk_that_leads_their_own_stars():
    """The mood of rated texts is that of their stars each week; those who give none know nothing of it."""
    generator = np.random.default_rng(4)
    rated, said = [], []
    for number in range(120 + MOST_LAG):
        five, items = generator.binomial(60, generator.uniform(0.3, 0.9)), generator.poisson(60)
        of_rated = (2 * five - 60) * MICRO
        rated.append(Cells("chicha", week(number), tally((60 - five, 0, 0, 0, five), score=of_rated)))
        said.append(Cells("chicha", week(number), [60 + items, 0, 0, of_rated, 0, 0]))
    products = histories(WEEKS, rated, said, 20)
    assert np.ptp(products[0].scores) == 0
    [found] = findings(WEEKS, products)
    assert found.link is TalkLink.NO_LINK
    assert [each.score for each in found.series] == [0.0] * 120


def test_weeks_with_few_stars_are_unknown_and_most_rated_products_come_first():
    cells = [
        Cells(product, week(MOST_LAG + number), tally((0, 0, 0, 0, stars)))
        for product, amounts in {"a": (4, 9), "b": (9, 9), "": (99, 99)}.items()
        for number, stars in enumerate(amounts)
    ]
    first, second = findings(WEEKS, histories(WEEKS, cells, [], 20))
    assert (first.product, second.product, second.link) == ("b", "a", TalkLink.NOT_ENOUGH_DATA)
    assert [(each.rated, each.mean) for each in second.series[:3]] == [(4, None), (9, 5.0), (0, None)]
    assert len(histories(WEEKS, cells, [], 1)) == 1
