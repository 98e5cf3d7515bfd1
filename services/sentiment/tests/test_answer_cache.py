"""Answers that are kept: found again, bounded, of one model version, shared, and never in the way."""

import asyncio
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from pulso_contracts.scoring import Emotion, EmotionScore, Flag
from pulso_sentiment.cache import AnswerCache
from pulso_sentiment.cache.encoding import decoded, encoded
from pulso_sentiment.cache.local import RecentOpinions
from pulso_sentiment.domain.reading import EMPTY, Opinion
from pulso_streams import SharedCache, connect
from structlog.testing import capture_logs

from tests.fixtures.valkey_server import free_port

GOOD = Opinion((0.1, 0.2, 0.7), EmotionScore(emotion=Emotion.JOY, probability=0.9), (Flag.TRUNCATED,), 0.25)
BAD = Opinion((0.8, 0.1, 0.1))


class Clock:
    """Seconds that a test lets pass."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def client(redis_url):
    client = connect(redis_url)
    yield client
    await client.aclose()


@pytest.fixture
def shared(client):
    return SharedCache(client, "answers", keep_seconds=60, patience=20)


@pytest.fixture
def counted():
    """Tells by how much the service's counters rose since the test began."""

    def value(name: str, **labels: str) -> float:
        return REGISTRY.get_sample_value(f"pulso_sentiment_cache_{name}", labels) or 0.0

    names = [("lookups_total", {"result": result}) for result in ("local", "shared", "miss")]
    before = {str((name, labels)): value(name, **labels) for name, labels in [*names, ("failures_total", {})]}
    return lambda name, **labels: value(name, **labels) - before[str((name, labels))]


async def test_what_was_kept_is_found_again(counted):
    cache = AnswerCache("v1", size=10)
    await cache.keep({"excelente": GOOD, "malo": BAD})

    found = await cache.find(["malo", "regular", "excelente", "malo"])

    assert found == {"malo": BAD, "excelente": GOOD}
    assert counted("lookups_total", result="local") == 2
    assert counted("lookups_total", result="shared") == 0
    assert counted("lookups_total", result="miss") == 1
    assert REGISTRY.get_sample_value("pulso_sentiment_cache_entries") == 2


async def test_texts_that_differ_at_all_are_different_texts():
    cache = AnswerCache("v1", size=10)
    await cache.keep({"todo bien": GOOD})

    assert await cache.find(["Todo bien", "todo bien ", "todo  bien", ""]) == {}


async def test_an_answer_about_nothing_is_not_kept():
    cache = AnswerCache("v1", size=10)
    await cache.keep({"...": EMPTY, "malo": BAD})

    assert await cache.find(["...", "malo"]) == {"malo": BAD}


async def test_without_room_nothing_is_kept():
    cache = AnswerCache("v1", size=0)
    await cache.keep({"malo": BAD})

    assert await cache.find(["malo"]) == {}


def test_the_one_that_was_longest_not_used_makes_room():
    recent = RecentOpinions(3)
    for key in (b"a", b"b", b"c"):
        recent.keep(key, BAD)
    recent.find(b"a")
    recent.keep(b"b", GOOD)
    recent.keep(b"d", BAD)

    assert len(recent) == 3
    assert [recent.find(key) for key in (b"a", b"b", b"c", b"d")] == [BAD, GOOD, None, BAD]


async def test_another_version_of_the_model_finds_nothing(shared):
    await AnswerCache("v1", size=10, shared=shared).keep({"malo": BAD})

    assert await AnswerCache("v2", size=10, shared=shared).find(["malo"]) == {}
    assert await AnswerCache("v1", size=10, shared=shared).find(["malo"]) == {"malo": BAD}


async def test_pods_answer_from_what_another_has_scored(client, shared, counted):
    one, other = (AnswerCache("v1", size=10, shared=shared) for _ in range(2))
    await one.keep({"excelente": GOOD, "malo": BAD})
    await other.keep({"tarde": BAD})

    assert await other.find(["nada", "malo", "tarde", "excelente"]) == {
        "tarde": BAD,
        "malo": BAD,
        "excelente": GOOD,
    }
    assert counted("lookups_total", result="shared") == 2
    assert counted("lookups_total", result="local") == 1
    assert counted("lookups_total", result="miss") == 1

    await client.flushall()
    assert await other.find(["malo", "excelente"]) == {"malo": BAD, "excelente": GOOD}
    assert counted("lookups_total", result="local") == 3


async def test_pods_may_share_without_keeping_anything_themselves(shared):
    await AnswerCache("v1", size=0, shared=shared).keep({"malo": BAD})

    assert await AnswerCache("v1", size=0, shared=shared).find(["malo"]) == {"malo": BAD}


async def test_no_text_is_written_anywhere(client, shared):
    await AnswerCache("v1", size=10, shared=shared).keep({"excelente": GOOD, "...": EMPTY})

    keys = [key async for key in client.scan_iter("*")]
    assert len(keys) == 1, "an empty answer is not shared either"
    for written in (keys[0], await client.get(keys[0])):
        assert b"excelente" not in written
        assert b"excelente".hex().encode() not in written


@pytest.mark.parametrize("text", ["\ud83d", "bien \udc00", "\ud83d\ude00", "\x00", "🙂", ""])
async def test_any_string_is_a_text(shared, text):
    """JSON may bring half of a surrogate pair."""
    await AnswerCache("v1", size=10, shared=shared).keep({text: BAD})

    found = await AnswerCache("v1", size=10, shared=shared).find(["🙂🙂", text])

    assert found == {text: BAD}


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"\xff\x00",
        b"null",
        b"{}",
        b"[" * 10_000,
        b"[2,[0.1,0.2,0.7],null,[],0.0]",
        b"[true,[0.1,0.2,0.7],null,[],0.0]",
        b"[1,[0.1,0.2,0.7],null,[]]",
        b"[1,[0.1,0.2],null,[],0.0]",
        b'[1,[0.1,0.2,"0.7"],null,[],0.0]',
        b"[1,[0.3,0.2,0.7],null,[],0.0]",
        b"[1,[0.0,0.0,0.0],null,[],0.0]",
        b"[1,[-0.1,0.4,0.7],null,[],0.0]",
        b"[1,[NaN,0.3,0.7],null,[],0.0]",
        b"[1,[0.1,0.2,0.7],null,[],Infinity]",
        b'[1,[0.1,0.2,0.7],["boredom",0.5],[],0.0]',
        b'[1,[0.1,0.2,0.7],["joy",1.5],[],0.0]',
        b'[1,[0.1,0.2,0.7],null,["unheard_of"],0.0]',
        b"[1,[0.1,0.2,0.7],null,[],0.0] and more",
    ],
)
async def test_a_value_that_is_not_understood_is_a_miss(client, shared, value, counted):
    await AnswerCache("v1", size=10, shared=shared).keep({"malo": BAD})
    (key,) = [key async for key in client.scan_iter("*")]
    await client.set(key, value)
    other = AnswerCache("v1", size=10, shared=shared)
    await other.keep({"excelente": GOOD})

    assert await other.find(["malo", "excelente"]) == {"excelente": GOOD}
    assert counted("lookups_total", result="miss") == 1
    assert counted("failures_total") == 0
    with pytest.raises(ValueError):  # noqa: PT011
        decoded(value)


async def test_without_its_server_it_goes_on_alone(counted, clock):
    client = connect(f"redis://127.0.0.1:{free_port()}")
    shared = SharedCache(client, "answers", keep_seconds=60, patience=20)
    cache = AnswerCache("v1", size=10, shared=shared, clock=clock)

    with capture_logs() as logs:
        assert await asyncio.gather(*(cache.find(["excelente"]) for _ in range(3))) == [{}, {}, {}]
        await cache.keep({"excelente": GOOD})
        assert await cache.find(["excelente", "malo"]) == {"excelente": GOOD}
        assert [entry["event"] for entry in logs] == ["cache.unavailable"]
        assert counted("failures_total") == 1
        clock.now += 5
        await cache.keep({"malo": BAD})

    assert [entry["event"] for entry in logs] == ["cache.unavailable"] * 2
    assert counted("failures_total") == 2
    assert "excelente" not in str(logs)
    assert "malo" not in str(logs)
    await client.aclose()


async def test_a_server_that_failed_is_left_alone_for_five_seconds(valkey_process, clock, counted):
    client = connect(valkey_process.url)
    shared = SharedCache(client, "answers", keep_seconds=60, patience=20)
    await AnswerCache("v1", size=10, shared=shared).keep({"malo": BAD})
    cache = AnswerCache("v1", size=10, shared=shared, clock=clock)
    valkey_process.kill()
    assert await cache.find(["malo"]) == {}
    await asyncio.to_thread(valkey_process.start)

    clock.now += 4.9
    assert await cache.find(["malo"]) == {}, "it is not asked yet"
    clock.now += 0.1
    assert await cache.find(["malo"]) == {"malo": BAD}
    assert counted("failures_total") == 1
    await client.aclose()


shares = st.floats(0, 1)
simplices = (
    st.tuples(shares, shares, shares)
    .filter(lambda weights: sum(weights) > 1e-6)
    .map(lambda weights: tuple(weight / math.fsum(weights) for weight in weights))
)
opinions = st.builds(
    Opinion,
    probabilities=simplices,
    emotion=st.none() | st.builds(EmotionScore, emotion=st.sampled_from(Emotion), probability=shares),
    flags=st.lists(st.sampled_from(Flag), unique=True).map(tuple),
    unknown_share=shares,
)


@given(opinion=opinions)
def test_an_opinion_that_is_read_back_equals_the_one_written(opinion):
    again = decoded(encoded(opinion))

    assert again == opinion
    assert encoded(again) == encoded(opinion)
    assert len(encoded(opinion)) < 1024
