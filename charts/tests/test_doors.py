"""The way in from outside: an Ingress or a route of the Gateway API, for the hosts that the values name."""

import pytest

from charts.tests.rendering import named, of_kind, rendered, values_of


def test_no_door_is_open_unless_asked_for():
    assert not of_kind(rendered("defaults"), "Ingress", "HTTPRoute")


def test_an_ingress_serves_its_host_by_tls():
    values = values_of("everything")["gateway"]["ingress"]
    ingress = named(rendered("everything"), "Ingress", "pulso-gateway")
    spec = ingress["spec"]
    assert spec["ingressClassName"] == values["className"]
    assert spec["tls"] == [{"hosts": [values["host"]], "secretName": values["tlsSecret"]}]
    (rule,) = spec["rules"]
    assert rule["host"] == values["host"]
    assert ingress["metadata"]["annotations"] == values["annotations"]


def test_a_route_hangs_on_the_gateway_for_its_hosts_and_outlasts_an_upload():
    values = values_of("production")["gateway"]["httpRoute"]
    spec = named(rendered("production"), "HTTPRoute", "pulso-gateway")["spec"]
    assert spec["parentRefs"] == [{"name": values["gateway"], "namespace": values["gatewayNamespace"]}]
    assert spec["hostnames"] == values["hostnames"]
    # 0s is no limit.
    assert [rule["timeouts"] for rule in spec["rules"]] == [{"request": "0s"}]


@pytest.mark.parametrize("kind", ["Ingress", "HTTPRoute"])
def test_a_door_leads_to_the_gateway(kind):
    manifests = rendered("everything")
    (port,) = named(manifests, "Service", "pulso-gateway")["spec"]["ports"]
    (rule,) = named(manifests, kind, "pulso-gateway")["spec"]["rules"]
    if kind == "Ingress":
        assert {path["backend"]["service"]["name"] for path in rule["http"]["paths"]} == {"pulso-gateway"}
        assert {path["backend"]["service"]["port"]["name"] for path in rule["http"]["paths"]} == {
            port["name"]
        }
    else:
        assert rule["backendRefs"] == [{"name": "pulso-gateway", "port": port["port"]}]
