"""The context of a trace on its way through streams, and entries of a version that knew none."""

import pytest
from opentelemetry.trace import Link
from pulso_kit.tracing.spans import continued, remote_span
from pulso_streams import DeadLetters, Message, Publisher, tracing

SAMPLED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
OTHER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
DROPPED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"


def message(number: int, **headers: str) -> Message:
    return Message(f"m{number}", "feedback.received.v1", b"{}", headers)


@pytest.fixture
def linked(monkeypatch) -> list[list[Link]]:
    """The links of each span that is begun; the spans are real."""
    seen: list[list[Link]] = []
    real = tracing.span

    def span(name, kind, attributes, links=()):
        if links:
            seen.append([link.context for link in links])
        return real(name, kind, attributes, links)

    monkeypatch.setattr(tracing, "span", span)
    return seen


async def test_a_message_keeps_the_context_it_was_sent_in(publisher, scored, client, consumers):
    with continued(SAMPLED):
        await publisher.publish(message(1, request_id="r1"))
    consumer = consumers()
    [delivery] = await consumer.fetch()
    assert delivery.message.headers == {"request_id": "r1", "traceparent": SAMPLED}
    with continued(OTHER):
        moved = message(1, **delivery.message.headers)
        await consumer.hand_over([(delivery, moved)], Publisher(client, scored))
    other = consumers(scored, group="trends")
    [delivery] = await other.fetch()
    assert delivery.message.headers["traceparent"] == SAMPLED
    await other.reject([delivery], "unstorable")
    letters = DeadLetters(client, scored)
    [letter], _ = await letters.page()
    assert letter.message.headers["traceparent"] == SAMPLED
    await letters.replay([letter.id])
    [delivery] = await other.fetch()
    assert delivery.message.headers["traceparent"] == SAMPLED


@pytest.mark.parametrize("header", [None, DROPPED])
async def test_without_a_trace_that_is_kept_a_message_is_as_before(publisher, consumers, header):
    with continued(header):
        await publisher.publish(message(1, request_id="r1"))
    [delivery] = await consumers().fetch()
    assert delivery.message.headers == {"request_id": "r1"}


async def test_a_batch_is_linked_once_to_each_span_that_sent_something_of_it(publisher, consumers, linked):
    with continued(SAMPLED):
        await publisher.publish_many([message(number) for number in range(3)])
    with continued(OTHER):
        await publisher.publish(message(3))
    # What the version before wrote, and what nobody should.
    await publisher.publish_many([message(4), message(5, traceparent="nonsense")])
    consumer = consumers()
    deliveries = []
    while len(deliveries) < 6:
        deliveries += await consumer.fetch()
    with consumer.processing(deliveries):
        assert await consumer.complete(deliveries) == 6
    [links] = linked
    assert {each.span_id for each in links} == {remote_span(SAMPLED).span_id, remote_span(OTHER).span_id}
    assert len(links) == 2
