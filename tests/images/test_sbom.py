"""The bill of each image is valid CycloneDX and says what the constraints pin, no more and no less."""

import json
import re
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from charts.schema.fields import CLASSES
from sbom.bill import bill, text_of

ROOT = Path(__file__).resolve().parents[2]
PINNED = dict(
    re.findall(r"^([\w.-]+)==(\S+)$", (ROOT / "constraints.txt").read_text("ascii"), re.MULTILINE)
)  # fmt: skip


def components(service):
    return {one["name"]: one for one in json.loads(text_of(bill(service)))["components"]}


@pytest.mark.parametrize("service", CLASSES)
def test_a_bill_keeps_to_the_schema(service):
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text_of(bill(service))) is None


@pytest.mark.parametrize("service", CLASSES)
def test_each_package_has_the_pinned_version_and_a_licence(service):
    foreign = {name: one for name, one in components(service).items() if "purl" in one}
    assert len(foreign) > 30
    # A local part as in 2.13.0+cpu is the same release.
    assert {name: one["version"].partition("+")[0] for name, one in foreign.items()} == {
        name: PINNED.get(name) for name in foreign
    }
    assert [name for name, one in foreign.items() if not one.get("licenses")] == []


def test_a_bill_holds_what_its_service_needs_and_nothing_of_another():
    insights, trends, sentiment = (set(components(name)) for name in ("insights", "trends", "sentiment"))
    assert {"fastapi", "uvicorn", "hiredis", "asyncpg", "pulso-kit", "pulso-contracts"} <= trends
    assert "openvino" in sentiment
    assert not {"openvino", "pulso-streams"} & insights
    tools = {"pytest", "ruff", "torch", "pip", "setuptools", "pulso-cli"}
    assert not tools & (insights | trends | sentiment)


def test_the_model_is_in_the_bill_of_sentiment_alone_by_its_hash():
    import hashlib

    of_model = {name: one for name, one in components("sentiment").items() if name.startswith("models/")}
    assert of_model["models/default/model.bin"]["type"] == "machine-learning-model"
    for name, one in of_model.items():
        found = hashlib.sha256((ROOT / name).read_bytes()).hexdigest()
        assert one["hashes"] == [{"alg": "SHA-256", "content": found}]
    assert not [name for name in components("trends") if name.startswith("models/")]


def test_the_bill_tells_what_needs_what():
    needs = {
        one["ref"]: one.get("dependsOn", []) for one in json.loads(text_of(bill("trends")))["dependencies"]
    }
    assert "sqlalchemy" in needs["sqlmodel"]
    assert {"base", "pulso-kit"} <= set(needs["pulso-trends"])
