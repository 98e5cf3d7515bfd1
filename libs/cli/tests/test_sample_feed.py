from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from pulso_cli.sample import DAYS, DEFAULT_ROWS, generate
from pulso_contracts.feedback import Channel, FeedbackIn
from pulso_contracts.peru import DEPARTMENTS, resolve_department

END = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def feed() -> list[dict]:
    return list(generate(DEFAULT_ROWS, 1, END))


def test_the_same_arguments_give_the_same_records_and_another_seed_gives_others(feed) -> None:
    assert list(generate(DEFAULT_ROWS, 1, END)) == feed
    assert list(generate(DEFAULT_ROWS, 2, END)) != feed


def test_every_record_is_accepted_as_feedback(feed, monkeypatch) -> None:
    monkeypatch.setattr("pulso_contracts.feedback.datetime", _clock_at(END))
    assert len(feed) == DEFAULT_ROWS >= 5_000
    for record in feed:
        FeedbackIn.model_validate(record)


def test_moments_are_in_order_within_the_last_120_days(feed) -> None:
    firsts = {record["external_id"]: record["created_at"] for record in feed}.values()
    moments = [datetime.fromisoformat(moment) for moment in firsts]
    assert moments == sorted(moments)
    assert END - timedelta(days=DAYS, hours=1) <= moments[0]
    assert moments[-1] <= END
    assert moments[0] < END - timedelta(days=DAYS - 2)
    assert moments[-1] > END - timedelta(days=2)


def test_volume_follows_meals_and_weekends_and_is_otherwise_stable(feed) -> None:
    moments = [datetime.fromisoformat(record["created_at"]) for record in feed]
    hours = Counter(moment.hour for moment in moments)
    assert hours[13] > 2 * hours[9]
    assert hours[20] > 1.5 * hours[16]
    assert sum(hours[hour] for hour in range(1, 6)) < 0.02 * len(feed)
    weekdays = Counter(moment.weekday() for moment in moments)
    assert weekdays[5] > 1.2 * weekdays[1]
    quarters = Counter((END - moment) // timedelta(days=28) for moment in moments)
    for index in range(4):
        assert quarters[index] == pytest.approx(DEFAULT_ROWS * 28 / DAYS, rel=0.12)


def test_departments_are_heard_by_their_population() -> None:
    regions = Counter()
    for record in generate(40_000, 3, END):
        if found := resolve_department(record.get("region", "")):
            regions[found] += 1
    population = sum(department.population for department in DEPARTMENTS)
    assert len(regions) == 25
    for department in DEPARTMENTS:
        expected = department.population / population
        assert regions[department] / regions.total() == pytest.approx(expected, rel=0.25), department.name


def test_every_channel_domain_and_language_is_heard(feed) -> None:
    channels = Counter(record["channel"] for record in feed)
    assert set(channels) == {channel.value for channel in Channel}
    assert min(channels.values()) > 0.03 * len(feed)
    categories = Counter(record.get("product_category") for record in feed)
    assert set(categories) == {
        "delivery",
        "restaurantes",
        "bebidas",
        "snacks y postres",
        "tiendas",
        None,
    }
    assert {"en", "pt", "qu", "es"} <= {record.get("language") for record in feed}


def test_channels_have_their_own_length(feed) -> None:
    lengths = {channel: [len(r["text"]) for r in feed if r["channel"] == channel] for channel in Channel}
    typical = {channel: sorted(values)[len(values) // 2] for channel, values in lengths.items()}
    assert typical["survey"] < typical["chat"] < typical["review"] < typical["email"]
    assert max(lengths["social_media"]) <= 400
    assert any(value < 10 for value in lengths["survey"])


def test_most_texts_are_distinct(feed) -> None:
    assert len({record["text"] for record in feed[:5_000]}) >= 4_000


def test_some_items_are_sent_twice_and_some_texts_are_copied(feed) -> None:
    times = Counter((record["source"], record["external_id"]) for record in feed)
    repeated = [key for key, count in times.items() if count > 1]
    assert 0.005 * len(feed) < len(repeated) < 0.03 * len(feed)
    for key in repeated[:20]:
        same = [record for record in feed if (record["source"], record["external_id"]) == key]
        assert all(record == same[0] for record in same)
    by_words: dict[str, dict[str, dict]] = {}
    for record in feed:
        if len(record["text"]) > 60:
            by_words.setdefault(record["text"], {})[record["external_id"]] = record
    copied = [list(items.values()) for items in by_words.values() if len(items) > 1]
    faithful = [same for same in copied if len({item.get("product") for item in same}) == 1]
    assert len(faithful) > 20


def test_fields_are_missing_misspelt_or_odd_as_in_real_feeds(feed) -> None:
    missing = {
        name: sum(name not in r for r in feed) / len(feed) for name in ("region", "product", "customer_id")
    }
    assert all(0.03 < part < 0.3 for part in missing.values()), missing
    named = [record["region"] for record in feed if "region" in record]
    exact = {department.name for department in DEPARTMENTS}
    odd = [region for region in named if region not in exact]
    understood = [region for region in odd if resolve_department(region)]
    assert 0.1 < len(odd) / len(named) < 0.3
    assert 0.8 < len(understood) / len(odd) < 1.0


def test_some_messages_carry_personal_data_of_nobody(feed) -> None:
    texts = [record["text"] for record in feed]
    assert sum("@example." in text for text in texts) > 5
    assert sum("Mi celular es" in text for text in texts) > 5
    assert sum("Mi DNI es 00" in text for text in texts) > 5


def test_ratings_mostly_agree_with_the_words(feed) -> None:
    def mean(*words: str) -> float:
        found = [r["rating"] for r in feed if "rating" in r and any(w in r["text"].lower() for w in words)]
        assert len(found) > 20
        return sum(found) / len(found)

    assert mean("recomendad", "cinco estrellas", "ya quiero más", "sigan así") > 4
    assert mean("no vuelvo", "plata botada", "una estafa", "ni regalad") < 2.2


def test_a_huge_feed_begins_at_once() -> None:
    assert len(list(islice(generate(10**12, 1, END), 50))) == 50


def test_an_empty_feed_and_wrong_arguments() -> None:
    assert list(generate(0, 1, END)) == []
    with pytest.raises(ValueError, match="negative"):
        next(generate(-1, 1, END))
    with pytest.raises(ValueError, match="offset"):
        next(generate(1, 1, END.replace(tzinfo=None)))


def _clock_at(moment: datetime) -> type[datetime]:
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return moment.astimezone(tz)

    return Clock
