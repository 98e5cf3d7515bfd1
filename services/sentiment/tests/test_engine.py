import asyncio

import pytest
from pulso_contracts.scoring import Sentiment
from pulso_sentiment.engine import EngineStopped, Lane, Overloaded, TextFailed


@pytest.fixture
async def engine(make_engine):
    engine = make_engine()
    async with engine.running(lambda: None):
        yield engine


async def until(condition):
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - the condition may hold for any reason
            await asyncio.sleep(0.005)


async def test_answers_come_back_to_their_texts(engine):
    texts = ["rico " * (1 + n % 7) if n % 2 else "pésimo " * (1 + n % 11) for n in range(300)]
    answers = await asyncio.gather(*(engine.score([text], Lane.INTERACTIVE) for text in texts))
    together = await engine.score(texts, Lane.STREAM)
    expected = [Sentiment.POSITIVE if n % 2 else Sentiment.NEGATIVE for n in range(300)]
    assert [opinion.sentiment for (opinion,) in answers] == expected
    assert [opinion.sentiment for opinion in together] == expected


async def test_waiting_texts_share_batches(engine, faulty_model):
    await engine.score(["rico"] * 130, Lane.STREAM)
    assert faulty_model.batches == [128, 2]


async def test_no_texts_are_answered_at_once(engine):
    assert await engine.score([], Lane.STREAM) == []


async def test_an_empty_text_never_reaches_the_model(engine, faulty_model):
    (opinion,) = await engine.score(["\u200b"], Lane.INTERACTIVE)
    assert opinion.empty
    assert faulty_model.batches == []


@pytest.mark.parametrize("bad", ["un veneno", "mal-tokenizado", "un disparate"])
async def test_only_the_poison_text_fails(engine, bad):
    outcomes = await engine.score(["rico", bad, "feo", "todo bien"], Lane.STREAM)
    assert [isinstance(outcome, TextFailed) for outcome in outcomes] == [False, True, False, False]
    assert (await engine.score(["rico"], Lane.INTERACTIVE))[0].sentiment is Sentiment.POSITIVE


async def test_a_long_text_is_answered_from_all_its_windows(engine, faulty_model):
    texts = ["hola " * 200 + "pésimo " * 300 + "rico " * 200, "rico"]
    long, short = await engine.score(texts, Lane.INTERACTIVE)
    assert sum(faulty_model.batches) == 4
    assert (long.sentiment, short.sentiment) == (Sentiment.NEGATIVE, Sentiment.POSITIVE)
    assert long.flags == ()


async def test_one_bad_window_fails_its_text_and_no_other(engine):
    outcomes = await engine.score(["rico " * 300 + "veneno " + "rico " * 300, "feo"], Lane.STREAM)
    assert [isinstance(outcome, TextFailed) for outcome in outcomes] == [True, False]


async def test_a_broken_model_ends_the_engine_and_fails_whoever_waits(make_engine, faulty_model):
    engine = make_engine()
    deaths: list[bool] = []
    async with engine.running(lambda: deaths.append(True)):
        faulty_model.broken = True
        calls = [engine.score([f"texto {n}"], Lane.INTERACTIVE) for n in range(20)]
        results = await asyncio.gather(*calls, return_exceptions=True)
        assert {type(result) for result in results} == {EngineStopped}
        assert deaths == [True]
        assert not engine.alive
        with pytest.raises(EngineStopped):
            await engine.score(["rico"], Lane.INTERACTIVE)


async def test_a_full_queue_refuses_at_once_and_recovers(make_engine, faulty_model):
    engine = make_engine(tokens_per_second=50)
    async with engine.running(lambda: None):
        faulty_model.gate.clear()
        held = asyncio.create_task(engine.score(["x" * 240], Lane.INTERACTIVE))
        await until(faulty_model.entered.is_set)
        with pytest.raises(Overloaded) as refused:
            await engine.score(["y" * 240], Lane.INTERACTIVE)
        await engine.score([], Lane.INTERACTIVE)
        assert refused.value.retry_after >= 1
        stream = asyncio.create_task(engine.score(["el flujo no se rechaza"], Lane.STREAM))
        faulty_model.gate.set()
        await asyncio.gather(held, stream)
        await engine.score(["y" * 240], Lane.INTERACTIVE)


async def test_a_cancelled_request_gives_its_room_back_and_is_not_computed(make_engine, faulty_model):
    engine = make_engine(batch_tokens=1)
    async with engine.running(lambda: None):
        faulty_model.gate.clear()
        first = asyncio.create_task(engine.score(["rico"] * 3, Lane.INTERACTIVE))
        await until(lambda: engine._window.waiting(Lane.INTERACTIVE) == 2)
        gone = asyncio.create_task(engine.score(["feo"] * 20, Lane.INTERACTIVE))
        await until(lambda: engine._window.waiting(Lane.INTERACTIVE) == 22)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        faulty_model.gate.set()
        await first
        await engine.score(["rico"], Lane.INTERACTIVE)
    assert sum(faulty_model.batches) == 4
    assert engine._admission.queued(Lane.INTERACTIVE) == 0


async def test_leaving_fails_whoever_still_waits(make_engine, faulty_model):
    engine = make_engine()
    async with engine.running(lambda: None):
        faulty_model.gate.clear()
        call = asyncio.create_task(engine.score(["rico"], Lane.STREAM))
        await until(faulty_model.entered.is_set)
    faulty_model.gate.set()
    with pytest.raises(EngineStopped):
        await call
