from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulso_contracts.base import LIMA
from pulso_contracts.feedback import FeedbackIn
from pulso_ingest.domain.cells import channel, item_from, moment, stars
from pulso_ingest.domain.columns import FIELDS, BadColumns, plan_columns, require_columns
from pulso_ingest.validation import valid_item


def test_names_in_spanish_are_recognised():
    plan = plan_columns(["Comentario", "Fecha de creación", "ESTRELLAS", "Departamento", "Mozo"], {})
    assert plan.fields == {"text": 0, "created_at": 1, "rating": 2, "region": 3}
    assert plan.ignored == ("Mozo",)


def test_the_callers_names_win():
    plan = plan_columns(
        ["text", "respuesta abierta", "local"], {"respuesta_abierta": "text", "local": "metadata.local"}
    )
    assert plan.fields == {"text": 1, "metadata.local": 2}
    assert plan.ignored == ("text",)


def test_of_several_aliases_the_more_telling_is_taken_and_the_rest_is_named():
    plan = plan_columns(["ciudad", "departamento"], {})
    assert plan.fields == {"region": 1}
    assert plan.ignored == ("ciudad",)


def test_names_that_are_personal_data_are_not_shown():
    assert plan_columns(["texto", "ana@x.pe"], {}).ignored == ("[email]",)


def test_repeated_names_are_refused():
    with pytest.raises(BadColumns, match="more than once: “texto”"):
        plan_columns(["Texto", "texto "], {})
    with pytest.raises(BadColumns, match="mapped to text"):
        plan_columns(["a", "b"], {"a": "text", "b": "text"})


def test_columns_without_a_name_are_no_repeat():
    assert plan_columns(["texto", "", " "], {}).fields == {"text": 0}


@pytest.mark.parametrize(
    ("names", "mapping", "has_channel", "message"),
    [
        (["mozo"], {}, True, "No column holds the text. Found: “mozo”"),
        (["texto"], {}, False, "No column holds the channel"),
        (["texto"], {"nota": "rating"}, True, "No column is called “nota”"),
    ],
)
def test_tables_that_make_no_item_are_refused(names, mapping, has_channel, message):
    with pytest.raises(BadColumns, match=message):
        require_columns(plan_columns(names, mapping), names, mapping, has_channel=has_channel)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2026-11-01T13:30:00-05:00", datetime(2026, 11, 1, 18, 30, tzinfo=UTC)),
        ("2026-11-01T18:30:00Z", datetime(2026, 11, 1, 18, 30, tzinfo=UTC)),
        ("2026-11-01 13:30", datetime(2026, 11, 1, 13, 30, tzinfo=LIMA)),
        ("2026/11/01", datetime(2026, 11, 1, tzinfo=LIMA)),
        ("01/11/2026", datetime(2026, 11, 1, tzinfo=LIMA)),
        ("1-11-2026 13:30:05", datetime(2026, 11, 1, 13, 30, 5, tzinfo=LIMA)),
        ("01.11.2026, 01:30 p. m.", datetime(2026, 11, 1, 13, 30, tzinfo=LIMA)),
        ("01/11/2026 12:05 am", datetime(2026, 11, 1, 0, 5, tzinfo=LIMA)),
        (datetime.fromisoformat("2026-11-01T13:30"), datetime(2026, 11, 1, 13, 30, tzinfo=LIMA)),
        (date(2026, 11, 1), datetime(2026, 11, 1, tzinfo=LIMA)),
    ],
)
def test_dates_as_people_write_them(cell, expected):
    assert moment(cell) == expected


@pytest.mark.parametrize(
    "cell", ["ayer", "11/31/2026", "31/02/2026", "01/11/26", "13:30", "1/1/2026 13:00 pm", [], True]
)
def test_what_is_no_date_is_an_error(cell):
    with pytest.raises(ValueError, match="must be"):
        moment(cell)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("4", 4), ("4,5", 4.5), ("4.5/5", 4.5), ("5 estrellas", 5), ("★★★☆☆", 3), (4.0, 4), (3, 3), ("9", 9)],
)
def test_stars_as_people_write_them(cell, expected):
    assert stars(cell) == expected


@pytest.mark.parametrize("cell", ["bueno", "4 de 10", "", "--", None, {}, False])
def test_what_is_no_rating_is_an_error(cell):
    with pytest.raises(ValueError, match="must be"):
        stars(cell)


def test_channels_in_spanish():
    assert [channel(name) for name in ("Encuesta", "Redes Sociales", "correo", "telepatía")] == [
        "survey", "social_media", "email", "telepatía"
    ]  # fmt: skip


def test_a_row_becomes_an_item():
    plan = plan_columns(["texto", "id", "producto", "nota", "metadata"], {"local": "metadata.local"})
    defaults = {"channel": "chat", "product": "combo"}
    assert item_from(plan, ["Rico", 12.0, "", "4,5", {"a": 1}], defaults) == {
        "text": "Rico", "external_id": "12", "product": "combo", "rating": 4.5, "channel": "chat",
        "metadata": {"a": 1},
    }  # fmt: skip
    assert item_from(plan, ["Rico"], defaults) == {"text": "Rico", **defaults}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.just(10**4000),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=9), inner, max_size=2),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from(sorted(FIELDS | {"fecha", "nada", "local"})), JSON))
def test_any_row_becomes_an_item_or_errors(values):
    plan = plan_columns(tuple(values), {"local": "metadata.local"})
    item = item_from(plan, tuple(values.values()), {"channel": "chat"})
    assert isinstance(item if isinstance(item, list) else valid_item(item), list | FeedbackIn)


def test_all_errors_of_a_row_are_told():
    plan = plan_columns(["texto", "fecha", "estrellas"], {})
    errors = item_from(plan, ["Rico", "ayer", "muchas"], {})
    assert isinstance(errors, list)
    assert [error.field for error in errors] == ["created_at", "rating"]
