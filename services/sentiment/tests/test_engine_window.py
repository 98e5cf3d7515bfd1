import random

import pytest
from pulso_sentiment.domain.reading import EMPTY
from pulso_sentiment.engine.request import Lane, Request, Text
from pulso_sentiment.engine.window import Window
from pulso_sentiment.model import Tokenised, Tokens
from pulso_sentiment.model.shapes import padded_tokens


def items(lengths, lane=Lane.STREAM):
    request = Request(lane, 1)
    text = Text(request, 0, Tokenised([Tokens([1] * length) for length in lengths]), lambda *_: EMPTY)
    return text.items()


def cost(batch):
    return padded_tokens(len(batch), max(item.length for item in batch))


def drain(window):
    while batch := window.take():
        yield batch


@pytest.fixture
def window():
    return Window(size=512, batch_tokens=512, batch_texts=64)


async def test_each_text_is_taken_once_within_the_budgets(window):
    lengths = random.Random(7).choices(range(3, 200), k=1_000)
    window.add(items(lengths))
    taken = []
    for batch in drain(window):
        assert len(batch) <= 64
        assert len(batch) == 1 or cost(batch) <= 512
        taken += [item.number for item in batch]
    assert sorted(taken) == list(range(1_000))


async def test_little_is_padded(window):
    lengths = random.Random(7).choices(range(8, 80), k=2_000)
    window.add(items(lengths))
    assert sum(map(cost, drain(window))) < 1.25 * sum(lengths)


async def test_the_text_that_waited_longest_is_in_the_next_batch(window):
    lengths = [150, *random.Random(7).choices(range(3, 20), k=600)]
    window.add(items(lengths))
    assert 0 in [item.number for item in window.take()]


async def test_a_text_above_the_budget_goes_alone(window):
    window.add(items([900, 900, 5]))
    assert sorted(map(len, drain(window))) == [1, 1, 1]


async def test_people_go_first_and_the_stream_never_starves():
    window = Window(size=512, batch_tokens=10, batch_texts=1)
    window.add(items([10] * 8))
    window.add(items([10] * 12, Lane.INTERACTIVE))
    order = [batch[0].request.lane for batch in drain(window)]
    assert order[:3] == [Lane.INTERACTIVE] * 3
    assert order[:16].count(Lane.STREAM) == 4
    assert len(order) == 20


async def test_texts_of_ended_requests_are_dropped(window):
    gone, kept = items([5, 6, 7]), items([5])
    window.add([*gone, *kept])
    gone[0].request.future.cancel()
    assert window.take() == kept
    assert len(window) == 0
