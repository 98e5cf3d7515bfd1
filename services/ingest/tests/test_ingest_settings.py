import pytest
from pulso_ingest.settings import IngestSettings
from pydantic import ValidationError


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"CUSTOMER_KEY": "short"}, "at least 32 characters"),
        ({"ENVIRONMENT": "production", "INTERNAL_TOKEN": "t" * 24}, "PULSO_CUSTOMER_KEY must be set"),
        ({"STREAM_MAX_LENGTH": "3999"}, "PULSO_STREAM_MAX_LENGTH must be at least 4000"),
        ({"IMPORT_CHUNK_ROWS": "2000", "STREAM_MAX_LENGTH": "4000"}, "must be at least 8000"),
    ],
)
def test_wrong_settings_are_refused(monkeypatch, settings, told):
    for name, value in settings.items():
        monkeypatch.setenv(f"PULSO_{name}", value)
    with pytest.raises(ValidationError, match=told):
        IngestSettings()


def test_production_takes_a_key_of_its_own(monkeypatch):
    for name, value in {
        "ENVIRONMENT": "production",
        "INTERNAL_TOKEN": "t" * 24,
        "CUSTOMER_KEY": "k" * 32,
    }.items():
        monkeypatch.setenv(f"PULSO_{name}", value)
    assert IngestSettings().customer_key.get_secret_value() == "k" * 32
