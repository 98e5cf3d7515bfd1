from datetime import UTC, datetime, timedelta

import pytest
from pulso_contracts.events import FeedbackReceived, FeedbackScored
from pulso_contracts.feedback import FeedbackIn
from pulso_contracts.scoring import ExplainRequest
from pydantic import ValidationError

GOOD = {"text": "Bacán el lomo saltado", "channel": "review"}


def fields_refused(**changes: object) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        FeedbackIn.model_validate({**GOOD, **changes})
    return [str(error["loc"][0]) for error in caught.value.errors()]


def test_text_and_channel_are_enough() -> None:
    item = FeedbackIn.model_validate(GOOD)
    assert item.created_at is None
    assert item.region is None


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u200b\u200b", "\x00\x01", "x" * 5_001])
def test_a_text_that_nobody_could_read_is_refused(text: str) -> None:
    assert fields_refused(text=text) == ["text"]


@pytest.mark.parametrize("text", ["x" * 5_000, "😡", "👨‍👩‍👧", "ok"])
def test_short_long_and_emoji_only_texts_are_taken(text: str) -> None:
    assert FeedbackIn.model_validate({**GOOD, "text": text}).text == text


@pytest.mark.parametrize("rating", [0, 6, 0.99, float("nan"), float("inf"), "five"])
def test_a_rating_outside_one_to_five_is_refused(rating: object) -> None:
    assert fields_refused(rating=rating) == ["rating"]


@pytest.mark.parametrize(
    "moment",
    [
        "0001-01-01T00:00:00Z",
        "1999-12-31T23:59:59Z",
        "2026-01-01T00:00:00",
        "yesterday",
        "2026-13-01T00:00:00Z",
    ],
)
def test_a_moment_that_cannot_be_is_refused(moment: str) -> None:
    assert fields_refused(created_at=moment) == ["created_at"]


def test_a_clock_may_be_five_minutes_ahead_and_no_more() -> None:
    now = datetime.now(UTC)
    taken = FeedbackIn.model_validate({**GOOD, "created_at": (now + timedelta(minutes=4)).isoformat()})
    assert taken.created_at is not None
    assert fields_refused(created_at=(now + timedelta(minutes=6)).isoformat()) == ["created_at"]


def test_moments_are_kept_in_utc() -> None:
    item = FeedbackIn.model_validate({**GOOD, "created_at": "2026-01-01T20:00:00-05:00"})
    assert item.created_at == datetime(2026, 1, 2, 1, tzinfo=UTC)
    assert item.created_at.tzinfo is UTC


def test_a_misspelt_name_is_an_error() -> None:
    assert fields_refused(produkt="Inti") == ["produkt"]


def test_an_unknown_channel_names_the_field() -> None:
    assert fields_refused(channel="carrier_pigeon") == ["channel"]


@pytest.mark.parametrize(
    "metadata",
    [{f"k{n}": n for n in range(21)}, {"nested": {"a": 1}}, {"list": [1]}, {"": 1}, {"k": "x" * 501}],
)
def test_metadata_is_flat_and_bounded(metadata: dict[str, object]) -> None:
    assert set(fields_refused(metadata=metadata)) == {"metadata"}


def test_blank_optional_fields_are_absent() -> None:
    item = FeedbackIn.model_validate({**GOOD, "region": "  ", "source": "", "external_id": ""})
    assert (item.region, item.source, item.external_id) == (None, None, None)


def test_a_reader_of_version_one_ignores_what_a_newer_writer_adds() -> None:
    event = FeedbackReceived(
        id="0" * 32,
        accepted_at=datetime.now(UTC),
        created_at=datetime.now(UTC),
        text="ok",
        channel="chat",
        language="es",
    )
    newer = {**event.model_dump(mode="json"), "mood": "sunny"}
    assert FeedbackReceived.model_validate(newer) == event


def test_a_scored_event_carries_all_of_the_received_one() -> None:
    assert set(FeedbackReceived.model_fields) < set(FeedbackScored.model_fields)


def test_a_scored_event_of_an_earlier_writer_is_still_read() -> None:
    now = datetime.now(UTC).isoformat()
    event = FeedbackScored.model_validate(
        {
            "id": "0" * 32,
            "accepted_at": now,
            "created_at": now,
            "text": "ok",
            "channel": "chat",
            "language": "es",
            "scored_at": now,
            "sentiment": "positive",
            "probabilities": {"negative": 0.1, "neutral": 0.1, "positive": 0.8},
            "score": 0.7,
            "model_version": "before-confidence",
        }
    )
    assert (event.confidence, event.emotion) == (None, None)


def test_the_text_to_explain_keeps_its_edges_so_that_offsets_hold() -> None:
    assert ExplainRequest(text="  rico \n").text == "  rico \n"
