"""The charts and the services' settings speak of the same variables, both ways."""

import os
from collections.abc import Mapping
from typing import Any
from unittest import mock

import pytest
from pulso_gateway.domain.routes import ROUTES
from pulso_insights.settings import InsightsSettings
from pulso_kit.settings import ServiceSettings
from pydantic.alias_generators import to_camel

from charts.schema.fields import CLASSES, OF_ALL, WIRED, variables_of
from charts.tests.rendering import CHARTS, VALUES, containers, pods, read, render, rendered, values_of

SECRETS = {
    "admin-key": "pulso_abcdefgh_" + "x" * 40,
    "internal-token": "t" * 48,
    "customer-key": "c" * 48,
    "redis-url": "redis://:secret@pulso-valkey:6379/0",
    "openai-api-key": "sk-something",
    **{
        f"{service}-database-url": f"postgresql://pulso:secret@pulso-postgresql:5432/{service}"
        for service in ("gateway", "trends", "insights")
    },
}
CERTIFICATES = {"SSL_CERT_FILE", "PGSSLROOTCERT"}
"""Read by the libraries that open connections."""
OTHER_VALUES: dict[str, Any] = {
    "log_level": "warning", "log_format": "console", "ready_requires": ["trends", "ingest"], "model": "dummy",
    "insights_model": "another-model", "max_body_bytes": 3_000_000_000, "shutdown_seconds": 7.5,
    "stream_shards": 6, "live_poll_seconds": 2.5, "retention_days": 400, "int8": True,
}  # fmt: skip
"""Values that no default has; other fields are numbers and get 41."""


def environment_of(container: Mapping[str, Any]) -> dict[str, str]:
    """What a container finds in its environment, with stand-ins for secrets."""
    return {
        one["name"]: SECRETS[one["valueFrom"]["secretKeyRef"]["key"]] if "valueFrom" in one else one["value"]
        for one in container["env"]
    }


def loaded(service: str, environment: Mapping[str, str]) -> ServiceSettings:
    """The settings that the service reads from this environment."""
    with mock.patch.dict(os.environ, environment, clear=True):
        return CLASSES[service]()


@pytest.mark.parametrize("name", VALUES)
def test_each_process_starts_with_its_environment_and_reads_all_of_it(name):
    seen = set()
    for _, container in containers(rendered(name)):
        service = container["name"]
        if service not in CLASSES:
            continue
        seen.add(service)
        environment = environment_of(container)
        assert len(environment) == len(container["env"]), "a variable is there twice"
        assert set(environment) - CERTIFICATES <= set(variables_of(CLASSES[service]).values())
        settings = loaded(service, environment)
        assert settings.port == container["ports"][0]["containerPort"]
        assert settings.host == "0.0.0.0"
    assert seen == set(CLASSES)


@pytest.mark.parametrize("service", CLASSES)
def test_every_setting_can_be_reached_by_a_value(service):
    cls = CLASSES[service]
    wanted = {
        name: OTHER_VALUES.get(name, 41_000 if "length" in name or "bytes" in name else 41)
        for name in cls.model_fields
        if name not in WIRED
    } | ({"watch_seconds": 41} if service == "trends" else {})
    own = {to_camel(name): value for name, value in wanted.items() if name != "stream_shards"}
    shared = {"streamShards": OTHER_VALUES["stream_shards"]}
    manifests = render({"global": {"settings": shared}, service: {"settings": own}})
    found = [container for _, container in containers(manifests) if container["name"] == service]
    for container in found:
        settings = loaded(service, environment_of(container)).model_dump()
        assert {name: settings[name] for name in wanted} == {
            name: frozenset(value) if isinstance(value, list) else value for name, value in wanted.items()
        }


@pytest.mark.parametrize("service", CLASSES)
def test_what_the_templates_set_themselves_is_really_set_by_them(service):
    cls = CLASSES[service]
    environment = {
        one["name"] for _, container in containers(rendered("production")) if container["name"] == service
        for one in container["env"]
    }  # fmt: skip
    optional = {"openai_base_url", "otlp_endpoint", "trace_share"}
    wired = {name: variable for name, variable in variables_of(cls).items() if name in WIRED - optional}
    assert set(wired.values()) <= environment


def test_a_setting_of_all_services_reaches_all_of_them():
    shared = {to_camel(name): OTHER_VALUES[name] for name in OF_ALL}
    for _, container in containers(render({"global": {"settings": shared}})):
        if container["name"] in CLASSES:
            settings = loaded(container["name"], environment_of(container)).model_dump()
            longer = {"shutdown_seconds"} if container["name"] in {"gateway", "insights"} else set()
            for name in (OF_ALL - longer) & set(settings):
                assert settings[name] == OTHER_VALUES[name]


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"trendsSeconds": 2.5, "insightsDeadlineSeconds": 40},
        {"trendsSeconds": 15, "insightsDeadlineSeconds": 120},
    ],
)
def test_whoever_writes_or_passes_on_a_brief_may_end_it(told):
    manifests = render({"insights": {"settings": told}})
    found = {
        container["name"]: loaded(container["name"], environment_of(container))
        for _, container in containers(manifests)
        if container["name"] in {"gateway", "insights"}
    }
    insights, gateway = found["insights"], found["gateway"]
    assert isinstance(insights, InsightsSettings)
    assert insights.brief_seconds < insights.shutdown_seconds
    answers = [route.answer_seconds for route in ROUTES if not route.endless]
    assert insights.brief_seconds < max(answers) < gateway.shutdown_seconds


def test_the_chart_waits_for_briefs_as_insights_does_by_itself():
    chart = read(CHARTS / "insights" / "values.yaml")["settings"]
    alone = InsightsSettings()
    assert chart == {
        "trendsSeconds": alone.trends_seconds,
        "insightsDeadlineSeconds": alone.insights_deadline_seconds,
    }


def test_roles_are_split():
    roles = {
        component: environment_of(container).get("PULSO_ROLE")
        for component, container in containers(rendered("defaults"))
        if container["name"] in {"sentiment", "trends"}
    }
    assert roles == {
        "sentiment": "api", "sentiment-worker": "worker", "trends": "api", "trends-indexer": "indexer",
    }  # fmt: skip


def test_a_language_model_is_asked_at_the_address_given():
    (insights,) = (one for _, one in containers(rendered("everything")) if one["name"] == "insights")
    settings = loaded("insights", environment_of(insights)).model_dump()
    assert settings["openai_base_url"] == values_of("everything")["insights"]["languageModel"]["baseUrl"]
    assert settings["openai_api_key"].get_secret_value() == SECRETS["openai-api-key"]


def test_traces_are_sent_where_and_as_often_as_the_values_say():
    for _, container in containers(rendered("everything")):
        if container["name"] in CLASSES:
            settings = loaded(container["name"], environment_of(container))
            assert str(settings.otlp_endpoint) == "http://otel-collector.monitoring.svc:4318/"
            assert settings.trace_share == 0.1
    for _, container in containers(rendered("defaults")):
        assert not {"PULSO_OTLP_ENDPOINT", "PULSO_TRACE_SHARE"} & {one["name"] for one in container["env"]}


def test_certificates_of_one_s_own_are_where_the_variables_say():
    for component, pod in pods(rendered("everything")):
        for container in pod["spec"]["containers"]:
            if container["name"] in CLASSES:
                environment = environment_of(container)
                (path,) = {environment[name] for name in CERTIFICATES}
                (mount,) = (one for one in container["volumeMounts"] if one["name"] == "certificates")
                (volume,) = (one for one in pod["spec"]["volumes"] if one["name"] == "certificates")
                (item,) = volume["configMap"]["items"]
                assert f"{mount['mountPath']}/{item['path']}" == path, component
                assert volume["configMap"]["name"] == "pulso-ca"
    for _, container in containers(rendered("defaults")):
        assert not CERTIFICATES & {one["name"] for one in container["env"]}
