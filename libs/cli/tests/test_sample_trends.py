import re
from datetime import UTC, datetime, timedelta

import pytest
from pulso_cli.sample import DEFAULT_ROWS, PLANTED, generate
from pulso_cli.sample.data_files import read_toml
from pulso_contracts.peru import BY_UBIGEO, resolve_department
from pulso_contracts.peru.spelling import fold

END = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def feed() -> list[dict]:
    return list(generate(60_000, 11, END))


def waiting() -> re.Pattern:
    """What the phrases about waiting look like once folded; slots stand for anything short."""
    phrases = read_toml("phrases/delivery")["aspects"]["tiempo"]["negative"]
    bare = [re.sub(r"\[.*?\]", "", phrase).replace("{demoró|demoraron}", "demor") for phrase in phrases]
    shapes = [".{1,40}?".join(re.escape(fold(part)) for part in re.split(r"\{.*?\}", text)) for text in bare]
    return re.compile("|".join(shapes))


def shift(feed, trend, *, department, product) -> tuple[float, int, int]:
    """The share in a department before the trend begins; then hits and their total at full strength."""
    pattern = waiting()
    counts = {"before": [0, 0], "after": [0, 0]}
    for record in feed:
        found = resolve_department(record.get("region", ""))
        if found is None or found.ubigeo != department:
            continue
        if trend.aspect is not None and record.get("product") != product:
            continue
        age = (END - datetime.fromisoformat(record["created_at"])) / timedelta(days=1)
        if trend.days - trend.ramp < age < trend.days:
            continue
        hit = record.get("product") == product
        if trend.aspect is not None:
            hit = pattern.search(fold(record["text"])) is not None
        period = counts["before" if age > trend.days else "after"]
        period[0] += hit
        period[1] += 1
    (before, n_before), (after, n_after) = counts.values()
    return before / n_before, after, n_after


def within(hits: int, expected: float, *, sigmas: float = 3.5) -> bool:
    """Whether a count is as near to what is expected as chance allows."""
    return abs(hits - expected) <= sigmas * max(expected, 1.0) ** 0.5


@pytest.mark.parametrize("trend", PLANTED, ids=lambda trend: trend.product)
def test_what_is_planted_is_in_the_data(feed, trend) -> None:
    share, hits, total = shift(feed, trend, department=trend.department, product=trend.product)
    assert within(hits, share * trend.factor * total)
    assert not within(hits, share * total)


@pytest.mark.parametrize(
    ("trend", "department", "product"),
    [
        (PLANTED[0], "15", "Qori Maracuyá y Muña"),
        (PLANTED[0], "04", "Inti Cola"),
        (PLANTED[1], "15", "Volando"),
        (PLANTED[2], "15", "Alfajor Mochica de Lúcuma"),
    ],
)
def test_nothing_moves_beside_it(feed, trend, department, product) -> None:
    share, hits, total = shift(feed, trend, department=department, product=product)
    assert within(hits, share * total)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_trends_also_show_in_a_sample_of_the_default_size(seed) -> None:
    small = list(generate(DEFAULT_ROWS, seed, END))
    for trend in PLANTED:
        share, hits, total = shift(small, trend, department=trend.department, product=trend.product)
        usual = share * total
        assert hits > 2 * usual if trend.factor > 1 else hits < usual / 2, trend.title


def test_a_trend_grows_in_a_straight_line_to_its_factor() -> None:
    trend = PLANTED[0]
    assert trend.factor_at(trend.days + 50) == trend.factor_at(trend.days) == 1.0
    assert trend.factor_at(trend.days - trend.ramp / 2) == pytest.approx((1 + trend.factor) / 2)
    assert trend.factor_at(trend.days - trend.ramp) == trend.factor_at(0) == trend.factor
    assert all(BY_UBIGEO[trend.department] for trend in PLANTED)
