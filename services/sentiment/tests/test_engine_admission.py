import pytest
from pulso_sentiment.engine import Capacity, Lane, Overloaded
from pulso_sentiment.engine.admission import Admission, estimated_tokens
from pulso_sentiment.engine.throughput import Throughput
from pulso_sentiment.model.dummy import DummyModel


@pytest.fixture
def throughput():
    return Throughput(DummyModel(), Capacity(batch_tokens=512, tokens_per_second=100))


@pytest.fixture
def admission(throughput):
    return Admission(throughput)


def test_whole_or_not_at_all(admission):
    admission.admit(150, Lane.INTERACTIVE)
    with pytest.raises(Overloaded):
        admission.admit(51, Lane.INTERACTIVE)
    assert admission.queued(Lane.INTERACTIVE) == 150
    admission.admit(50, Lane.INTERACTIVE)
    admission.release(150, Lane.INTERACTIVE)
    admission.release(50, Lane.INTERACTIVE)
    assert admission.queued(Lane.INTERACTIVE) == 0


def test_an_empty_lane_takes_any_request_so_none_waits_for_ever(admission):
    admission.admit(5_000, Lane.INTERACTIVE)
    with pytest.raises(Overloaded):
        admission.admit(1, Lane.INTERACTIVE)
    admission.admit(50_000, Lane.BULK)


def test_what_others_wait_for_shortens_a_queue_by_their_shares(admission):
    admission.admit(1, Lane.BULK)
    admission.admit(120, Lane.INTERACTIVE)
    with pytest.raises(Overloaded):
        admission.admit(20, Lane.INTERACTIVE)
    admission.release(1, Lane.BULK)
    admission.admit(20, Lane.INTERACTIVE)


def test_the_stream_is_never_refused(admission):
    for _ in range(3):
        admission.admit(100_000, Lane.STREAM)


def test_the_wait_follows_the_measured_rate(admission, throughput):
    for _ in range(200):
        throughput.observe([50] * 100, seconds=1.0)
    admission.admit(20_000, Lane.INTERACTIVE)
    with pytest.raises(Overloaded) as refused:
        admission.ensure_room(1, Lane.INTERACTIVE)
    assert refused.value.retry_after == pytest.approx(2.0, rel=0.01)


def test_the_estimate_is_bounded_by_what_the_model_reads():
    assert estimated_tokens(["x" * 5_000] * 3, longest=256) == 3 * 256
    assert estimated_tokens(["", "rico"], longest=256) == 3 + 4
