import pytest
from pulso_sentiment.engine.admission import Admission, Overloaded, estimated_tokens


def test_whole_or_not_at_all():
    admission = Admission(100)
    admission.admit(60)
    with pytest.raises(Overloaded):
        admission.admit(41)
    assert admission.queued == 60
    admission.admit(40)
    admission.release(60)
    admission.release(40)
    assert admission.queued == 0


def test_an_idle_engine_takes_any_request_so_none_waits_for_ever():
    admission = Admission(100)
    admission.admit(5_000)
    with pytest.raises(Overloaded):
        admission.admit(1)


def test_the_wait_follows_the_measured_rate():
    admission = Admission(1_000)
    admission.admit(20_000)
    for _ in range(200):
        admission.observe(tokens=5_000, seconds=1.0)
    with pytest.raises(Overloaded) as refused:
        admission.ensure_room(1)
    assert refused.value.retry_after == pytest.approx(4.0, rel=0.01)


def test_the_estimate_is_bounded_by_what_the_model_reads():
    assert estimated_tokens(["x" * 5_000] * 3, longest=256) == 3 * 256
    assert estimated_tokens(["", "rico"], longest=256) == 3 + 4
