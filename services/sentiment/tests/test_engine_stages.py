"""What becomes of callers when a stage of the engine dies, also in ways that no `except Exception` sees."""

import asyncio

import pytest
from pulso_sentiment.engine import EngineStopped, Lane
from pulso_sentiment.judging import Judge


async def all_fail(engine):
    calls = [engine.score([f"texto {n}"], Lane.INTERACTIVE) for n in range(20)]
    async with asyncio.timeout(10):
        results = await asyncio.gather(*calls, return_exceptions=True)
    return {type(result) for result in results} == {EngineStopped}


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, GeneratorExit])
@pytest.mark.parametrize("stage", ["tokenise", "forward"])
async def test_a_stage_that_dies_fails_its_callers_and_ends_the_engine(
    make_engine, faulty_model, monkeypatch, stage, error
):
    def dies(_):
        raise error

    engine = make_engine()
    deaths: list[bool] = []
    async with engine.running(lambda: deaths.append(True)):
        assert len(await engine.score(["rico"], Lane.STREAM)) == 1
        monkeypatch.setattr(faulty_model, stage, dies)
        assert await all_fail(engine)
        assert deaths == [True]
        assert not engine.alive
        with pytest.raises(EngineStopped):
            await engine.score(["rico"], Lane.INTERACTIVE)


async def test_an_error_where_answers_are_put_together_leaves_nobody_waiting(make_engine, monkeypatch):
    engine = make_engine()
    deaths: list[bool] = []
    async with engine.running(lambda: deaths.append(True)):
        monkeypatch.setattr(Judge, "opinions", lambda *_: 1 / 0)
        assert await all_fail(engine)
        assert deaths == [True]


async def test_what_is_too_large_for_the_memory_is_done_in_parts(make_engine, faulty_model, monkeypatch):
    forward = type(faulty_model).forward

    def short_of_memory(batch):
        if len(batch) > 10:
            raise MemoryError
        return forward(faulty_model, batch)

    monkeypatch.setattr(faulty_model, "forward", short_of_memory)
    engine = make_engine()
    async with engine.running(lambda: None):
        outcomes = await engine.score([f"plato {n}" for n in range(64)], Lane.STREAM)
    assert [outcome.sentiment for outcome in outcomes] == ["neutral"] * 64
    assert max(faulty_model.batches) <= 10


async def test_one_bad_text_costs_few_passes(make_engine, faulty_model):
    engine = make_engine()
    async with engine.running(lambda: None):
        await engine.score([*(f"plato {n}" for n in range(63)), "un veneno"], Lane.STREAM)
    assert len(faulty_model.batches) < 20
