"""Values that cannot be meant are refused, with a message that names them."""

import copy
import json
from functools import reduce

import helm_python as helm
import pytest
import yaml

from charts.schema.__main__ import text_of
from charts.schema.fields import CLASSES
from charts.tests.rendering import CHARTS, PULSO, VALUES, merged, read, render, values_of

REFUSED = {
    "a misspelt part": ({"sentimnt": {}}, "sentimnt"),
    "a misspelt setting": ({"gateway": {"settings": {"rateRaeder": 5}}}, "rateRaeder"),
    "a misspelt key deep inside": ({"trends": {"api": {"scaling": {"maximum": 5}}}}, "maximum"),
    "a misspelt key of all services": ({"global": {"settings": {"loglevel": "info"}}}, "loglevel"),
    "a text for a number": ({"trends": {"api": {"scaling": {"max": "5"}}}}, "/api/scaling/max"),
    "a number out of its bounds": ({"gateway": {"settings": {"rateReader": 0}}}, "/settings/rateReader"),
    "an unknown word": ({"global": {"settings": {"logLevel": "loud"}}}, "/global/settings/logLevel"),
    "shards of one service alone": ({"trends": {"settings": {"streamShards": 8}}}, "streamShards"),
    "no shards": ({"global": {"settings": {"streamShards": 0}}}, "/global/settings/streamShards"),
    "nobody to answer": ({"gateway": {"api": {"scaling": {"min": 0}}}}, "/api/scaling/min"),
    "a service without a stream on a backlog": ({"insights": {"api": {"scaling": {"by": "keda"}}}}, "/by"),
    "a quantity without sense": (
        {"trends": {"api": {"resources": {"limits": {"memory": "1 GB"}}}}},
        "memory",
    ),
    "a privileged container": (
        {"gateway": {"api": {"securityContext": {"privileged": True}}}},
        "securityContext",
    ),
    "a variable past the settings": ({"gateway": {"api": {"env": [{"name": "A", "value": "b"}]}}}, "env"),
    "a secret in the values": ({"gateway": {"settings": {"adminKey": "pulso_x"}}}, "adminKey"),
    "a database in the values": ({"trends": {"settings": {"databaseUrl": "sqlite:///x"}}}, "databaseUrl"),
    "the latest tag": ({"global": {"image": {"tag": "latest"}}}, "/global/image/tag"),
    "the latest Valkey": ({"valkey": {"image": "valkey/valkey:latest"}}, "/valkey/image"),
    "a Valkey without a version": ({"valkey": {"image": "valkey/valkey"}}, "/valkey/image"),
    "a route to nowhere": ({"gateway": {"httpRoute": {"enabled": True}}}, "/httpRoute/gateway"),
    "a probe of nothing": ({"monitoring": {"probe": {"prober": "exporter:9115"}}}, "/monitoring/probe/url"),
    "a policy that opens to everyone by an empty list": (
        {"global": {"redis": {"to": []}}},
        "/global/redis/to",
    ),
    "two ingests on a volume for one": (
        {"ingest": {"api": {"scaling": {"by": "cpu", "max": 2}}}},
        "persistence.accessMode: ReadWriteMany",
    ),
    "more at least than at most": (
        {"gateway": {"api": {"scaling": {"min": 9}}}},
        "gateway: scaling.min is more",
    ),
    "a digest that is none": ({"trends": {"image": {"digest": "sha256:abc"}}}, "/image/digest"),
    "two origins of secrets": (
        {"global": {"secrets": {"existing": "a", "external": {"store": "b", "path": "c"}}}},
        "not both",
    ),
    "an external store without an entry": (
        {"global": {"secrets": {"external": {"store": "vault"}}}},
        "global.secrets.external.path",
    ),
}


@pytest.mark.parametrize(("values", "said"), REFUSED.values(), ids=REFUSED)
def test_values_that_cannot_be_meant_are_refused(values, said):
    with pytest.raises(helm.HelmError) as error:
        render(values)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (("global", "secrets", "existing"), "global.secrets.existing: production needs"),
        (("global", "redis", "secret"), "global.redis.secret: production needs"),
        (("global", "database", "secret"), "global.database.secret: production needs"),
    ],
)
def test_production_refuses_what_is_made_for_development(path, said):
    values = copy.deepcopy(values_of("production"))
    values["global"][path[1]][path[2]] = ""
    with pytest.raises(helm.HelmError) as error:
        render(values)
    assert said in str(error.value)


@pytest.mark.parametrize("chart", ["pulso", *CLASSES])
def test_the_schemas_are_those_that_the_settings_ask_for(chart):
    written = (CHARTS / chart / "values.schema.json").read_text("utf-8")
    assert written == text_of(chart), "run: make charts"


@pytest.mark.parametrize("chart", ["pulso", *CLASSES])
def test_no_object_of_a_schema_takes_unknown_keys(chart):
    parts = set(CLASSES) | {"global"}

    def open_objects(schema, path=""):
        if isinstance(schema, dict):
            if schema.get("type") == "object" and "additionalProperties" not in schema:
                yield path
            for key, value in schema.items():
                yield from open_objects(value, f"{path}/{key}")

    found = set(open_objects(json.loads((CHARTS / chart / "values.schema.json").read_text("utf-8"))))
    # These are held against another chart's schema.
    others = {f"/properties/{part}" for part in parts} | {"/properties/common/properties/global"}
    assert found <= others


@pytest.mark.parametrize("chart", ["pulso", *CLASSES])
def test_no_secret_has_a_default(chart):
    def texts(value):
        if isinstance(value, dict):
            for one in value.values():
                yield from texts(one)
        elif isinstance(value, list):
            for one in value:
                yield from texts(one)
        elif isinstance(value, str):
            yield value

    values = yaml.safe_load((CHARTS / chart / "values.yaml").read_text("utf-8"))
    assert not [text for text in texts(values) if len(text) >= 24 and text.isalnum()]
    own = values.get("global", {})
    if chart == "pulso":
        assert own["secrets"] == {
            "existing": "",
            "external": {"store": "", "kind": "ClusterSecretStore", "path": "", "refresh": "1h"},
        }


def test_the_overlays_say_nothing_that_is_so_without_them():
    """A line that changes nothing hides those that matter."""

    def repeated(values, defaults, path=""):
        for key, value in values.items():
            default = defaults.get(key) if isinstance(defaults, dict) else None
            if isinstance(value, dict) and isinstance(default, dict):
                yield from repeated(value, default, f"{path}.{key}")
            elif value == default:
                yield f"{path}.{key}"

    defaults = read(PULSO / "values.yaml")
    for service in CLASSES:
        defaults[service] = read(CHARTS / service / "values.yaml")
    for name in ("local", "staging", "production"):
        *below, own = VALUES[name]
        assert list(repeated(read(own), reduce(merged, map(read, below), defaults))) == []
