from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulso_contracts.feedback import FeedbackIn, FieldError
from pulso_contracts.scoring import Flag
from pulso_ingest.domain.identity import customer_hash, feedback_id
from pulso_ingest.domain.receiving import Received, receive

KEY = b"a key of this test, thirty-two b"
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def item(**fields):
    return FeedbackIn.model_validate({"text": "Rico el ceviche", "channel": "review"} | fields)


def received(**fields):
    result = receive(item(**fields), key=KEY, at=NOW)
    assert isinstance(result, Received)
    return result


def test_an_item_becomes_an_event():
    event = received(
        source="google_maps",
        external_id="r-1",
        created_at="2026-11-01T13:30:00-05:00",
        customer_id="ana",
        region="Cuzco",
        product="ceviche &amp; jalea",
        rating=4,
        metadata={"branch": "Centro", "table": 4},
    ).event
    assert event.region == "Cusco"
    assert event.product == "ceviche & jalea"
    assert event.created_at == datetime(2026, 11, 1, 18, 30, tzinfo=UTC)
    assert event.accepted_at == NOW
    assert event.customer == customer_hash(KEY, "ana")
    assert event.language == "es"
    assert event.metadata == {"branch": "Centro", "table": 4}
    assert event.flags == []


def test_time_defaults_to_now():
    assert received().event.created_at == NOW


def test_an_unknown_region_is_null_flagged_and_told():
    result = received(region="Narnia, llamar al 987654321")
    assert result.event.region is None
    assert result.event.flags == [Flag.REDACTED, Flag.UNKNOWN_REGION]
    assert result.warnings == ["unknown_region", "redacted"]
    assert result.unknown_region == "Narnia, llamar al [phone]"


def test_personal_data_goes_from_every_field():
    result = received(
        text="soy ana@x.pe",
        source="ana@x.pe",
        external_id="987654321",
        product="987654321",
        product_category="ana@x.pe",
        customer_id="ana@x.pe",
        metadata={"nota": "ana@x.pe", "dni": "45678912", "telefono": 4567890.0, "mesa": 12, "ana@x.pe": 1.5},
    )
    dumped = result.event.model_dump_json()
    for secret in ("ana@x.pe", "987654321", "45678912", "4567890"):
        assert secret not in dumped
    assert result.event.metadata == {
        "nota": "[email]", "dni": "[dni]", "telefono": "[phone]", "mesa": 12, "[email]": 1.5
    }  # fmt: skip
    assert Flag.REDACTED in result.event.flags


@pytest.mark.parametrize("nothing", ["<br>", "\u3164", "&#x200b;", "<script>hola</script>"])
def test_a_text_of_which_nothing_stays_is_an_error(nothing):
    assert receive(item(text=nothing), key=KEY, at=NOW) == FieldError(
        field="text", message="must not be blank"
    )


def test_only_emojis_are_a_text():
    assert received(text="😋👍🏽").event.text == "😋👍🏽"


def test_external_ids_are_what_they_are_within_a_source():
    same = feedback_id(KEY, item(source="app", external_id="1"))
    assert feedback_id(KEY, item(source="app", external_id="1", text="Corregido")) == same
    assert feedback_id(KEY, item(source="web", external_id="1")) != same
    assert feedback_id(KEY, item(source="app", external_id="2")) != same


def test_an_external_id_without_a_source_only_tells_equal_items_apart():
    one = feedback_id(KEY, item(external_id="1"))
    assert feedback_id(KEY, item(external_id="1")) == one
    assert feedback_id(KEY, item(external_id="2")) != one
    assert feedback_id(KEY, item(external_id="1", text="Otra cosa")) != one


def test_ids_that_redaction_makes_equal_stay_different():
    first, second = (
        received(source="whatsapp", external_id=phone).event for phone in ("987654321", "912345678")
    )
    assert first.external_id == second.external_id == "[phone]"
    assert first.id != second.id


def test_boundaries_between_parts_count():
    assert feedback_id(KEY, item(source="a", external_id="b c")) != feedback_id(
        KEY, item(source="a b", external_id="c")
    )
    assert feedback_id(KEY, item(source="a\x00b", external_id="c")) != feedback_id(
        KEY, item(source="a", external_id="b\x00c")
    )


def test_hashes_depend_on_the_key():
    assert customer_hash(KEY, "ana") != customer_hash(b"another", "ana")
    assert feedback_id(KEY, item()) != feedback_id(b"another", item())


@given(
    text=st.text(min_size=1, max_size=200),
    product=st.none() | st.text(max_size=200),
    metadata=st.dictionaries(
        st.text(min_size=1, max_size=64),
        st.text(max_size=50) | st.integers(-9, 10**12) | st.none(),
        max_size=4,
    ),
)
def test_every_valid_item_is_received_and_fits_json(text, product, metadata):
    try:
        valid = item(text=text, product=product, metadata=metadata)
    except ValueError:
        return
    result = receive(valid, key=KEY, at=NOW)
    if isinstance(result, Received):
        assert result.event.text.strip()
        assert type(result.event).model_validate_json(result.event.model_dump_json()) == result.event
