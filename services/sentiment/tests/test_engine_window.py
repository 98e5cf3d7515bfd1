import asyncio
import queue
import random
import threading

import pytest
from pulso_sentiment.engine import Lane
from pulso_sentiment.engine.request import Request, Text
from pulso_sentiment.engine.window import PATIENCE, Window
from pulso_sentiment.model import Tokenised, Tokens
from pulso_sentiment.model.shapes import grid_length, padded_tokens


def items(lengths, lane=Lane.STREAM):
    text = Text(Request(lane, ["x"]), 0, Tokenised([Tokens([1] * length) for length in lengths]))
    return text.items()


def cost(batch):
    return padded_tokens(len(batch), max(item.length for item in batch))


def drain(window):
    while any(window.waiting(lane) for lane in Lane):
        yield window.take()


@pytest.fixture
def window():
    return Window(batch_tokens=512)


async def test_each_text_is_taken_once_within_the_budget(window):
    lengths = random.Random(7).choices(range(3, 200), k=1_000)
    window.add(items(lengths))
    taken = []
    for batch in drain(window):
        assert len(batch) == 1 or cost(batch) <= 512
        assert len({grid_length(item.length) for item in batch}) == 1
        taken += [item.number for item in batch]
    assert sorted(taken) == list(range(1_000))


async def test_little_is_padded(window):
    lengths = random.Random(7).choices(range(8, 80), k=2_000)
    window.add(items(lengths))
    assert sum(map(cost, drain(window))) < 1.2 * sum(lengths)


async def test_the_fullest_batch_goes_first_but_patience_ends(window, monkeypatch):
    window.add(items([150]))
    window.add(items([20] * 60))
    assert len(window.take()) == 16
    monkeypatch.setitem(PATIENCE, Lane.STREAM, 0.0)
    assert [item.length for item in window.take()] == [150]


async def test_a_text_above_the_budget_goes_alone(window):
    window.add(items([900, 900, 5]))
    assert sorted(map(len, drain(window))) == [1, 1, 1]


async def test_people_go_first_and_the_stream_never_starves():
    window = Window(batch_tokens=10)
    window.add(items([10] * 8))
    window.add(items([10] * 12, Lane.INTERACTIVE))
    order = [batch[0].request.lane for batch in drain(window)]
    assert order[0] is Lane.INTERACTIVE
    assert order[:15].count(Lane.STREAM) == 3
    assert len(order) == 20


async def test_idle_devices_share_what_waits(window):
    devices = [queue.Queue() for _ in range(2)]
    threads = [
        threading.Thread(target=lambda found=found: found.put(window.take()), daemon=True)
        for found in devices
    ]
    for thread in threads:
        thread.start()
    while window._idle < 2:  # noqa: ASYNC110 - both have to wait before anything comes
        await asyncio.sleep(0.005)
    window.add(items([20] * 8))
    assert sorted(len(found.get(timeout=10)) for found in devices) == [4, 4]


async def test_a_device_that_works_is_not_waited_for(window):
    window.add(items([20] * 8))
    assert len(window.take()) == 8


async def test_texts_of_ended_requests_are_dropped(window):
    gone, kept = items([5, 6, 7]), items([5])
    window.add([*gone, *kept])
    gone[0].request.future.cancel()
    assert window.take() == kept
    assert window.waiting(Lane.STREAM) == 0


async def test_age_is_that_of_the_oldest(window):
    assert window.age(Lane.STREAM) == 0
    first = items([5])
    window.add([*items([9]), *first])
    assert window.age(Lane.STREAM) > 0
    assert window.age(Lane.BULK) == 0


async def test_closing_sends_home_whoever_waits(window):
    found = []
    waiting = threading.Thread(target=lambda: found.append(window.take()))
    waiting.start()
    window.close()
    waiting.join(10)
    assert found == [[]]
