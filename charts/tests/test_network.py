"""Only the arrows of docs/architecture.md: who may open a connection to whom."""

import pytest

from charts.tests.rendering import VALUES, component_of, named, of_kind, pods, render, rendered

ARROWS = {
    ("gateway", "ingest"), ("gateway", "sentiment"), ("gateway", "trends"), ("gateway", "insights"),
    ("insights", "trends"), ("trends", "sentiment"), ("test", "gateway"),
    ("gateway", "valkey"), ("ingest", "valkey"), ("sentiment", "valkey"), ("sentiment-worker", "valkey"),
    ("trends", "valkey"), ("trends-indexer", "valkey"),
    ("gateway", "postgresql"), ("trends", "postgresql"), ("trends-indexer", "postgresql"),
    ("insights", "postgresql"),
    ("migrate", "postgresql"),
    ("backup", "valkey"), ("backup", "postgresql"), ("restore", "valkey"), ("restore", "postgresql"),
}  # fmt: skip
JOBS = {"backup", "restore"}
STORES = {"valkey": "redis", "postgresql": "database"}


def policies(manifests):
    return {component_of(one): one["spec"] for one in of_kind(manifests, "NetworkPolicy")}


def component_in(peer):
    return peer["podSelector"]["matchLabels"]["app.kubernetes.io/component"]


def arrows(manifests, direction, side):
    """(caller, called, port) of each rule towards another component."""
    found = set()
    for component, spec in policies(manifests).items():
        for rule in spec.get(direction, ()):
            for peer in rule.get(side, ()):
                if "podSelector" in peer:
                    pair = (
                        (component, component_in(peer)) if side == "to" else (component_in(peer), component)
                    )
                    found |= {(*pair, port["port"]) for port in rule["ports"]}
    return found


def listening(manifests):
    return {
        component: {
            port["containerPort"] for one in pod["spec"]["containers"] for port in one.get("ports", ())
        }
        for component, pod in pods(manifests)
    }


@pytest.mark.parametrize("name", VALUES)
def test_both_ends_allow_exactly_the_arrows_on_ports_where_someone_listens(name):
    manifests = rendered(name)
    ports = listening(manifests)

    def expected(callers):
        present = {(caller, called) for caller, called in ARROWS if caller in callers and called in ports}
        return {(caller, called, port) for caller, called in present for port in ports[called]}

    assert arrows(manifests, "egress", "to") == expected(set(ports))
    # An upgrade asks the database before its policy changes: the door is there before who comes through it.
    assert arrows(manifests, "ingress", "from") == expected({*ports, "migrate"})


@pytest.mark.parametrize("name", VALUES)
def test_every_pod_is_under_a_policy_of_its_own_and_the_refusal_of_all(name):
    manifests = rendered(name)
    found = policies(manifests)
    refusal = found["deny"]
    assert not {"ingress", "egress"} & set(refusal)
    assert refusal["policyTypes"] == ["Ingress", "Egress"]
    for component, pod in pods(manifests):
        labels = pod["metadata"]["labels"].items()
        assert refusal["podSelector"]["matchLabels"].items() <= labels
        own = found[component]
        assert own["podSelector"]["matchLabels"].items() <= labels
        assert own["policyTypes"] == ["Ingress", "Egress"]


def test_only_who_asks_names_may_resolve_them():
    for component, spec in policies(rendered("production")).items():
        rules = [rule for rule in spec.get("egress", ()) if {port["port"] for port in rule["ports"]} == {53}]
        assert len(rules) == (0 if component == "deny" else 1)
        for rule in rules:
            assert rule["to"][0]["namespaceSelector"]["matchLabels"] == {
                "kubernetes.io/metadata.name": "kube-system"
            }


def outside(manifests):
    """The components that may call addresses outside the cluster, with the ports."""
    return {
        component: {port["port"] for port in rule["ports"]}
        for component, spec in policies(manifests).items()
        for rule in spec.get("egress", ())
        if any("ipBlock" in peer for peer in rule["to"])
    }


def test_nobody_calls_the_world_unless_told_to():
    assert outside(rendered("defaults")) == {}


def test_only_insights_reaches_the_language_model_and_nothing_private():
    manifests = render({"insights": {"languageModel": {"secret": "model"}}})
    assert outside(manifests) == {"insights": {443}}
    (rule,) = (rule for rule in policies(manifests)["insights"]["egress"] if "ipBlock" in rule["to"][0])
    assert {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"} <= set(
        rule["to"][0]["ipBlock"]["except"]
    )


@pytest.mark.parametrize("store", STORES)
def test_a_managed_store_is_reached_by_who_uses_it_at_its_addresses_only(store):
    peers = [{"ipBlock": {"cidr": "10.9.0.0/16"}}]
    manifests = render({"global": {STORES[store]: {"secret": "managed", "to": peers, "ports": [7777]}}})
    assert store not in policies(manifests)
    reaching = {
        component
        for component, spec in policies(manifests).items()
        if {"to": peers, "ports": [{"protocol": "TCP", "port": 7777}]} in spec.get("egress", ())
    }
    assert reaching == {caller for caller, called in ARROWS if called == store and caller not in JOBS}


def test_only_services_reach_the_collector_of_traces_and_only_when_there_is_one():
    rule = {
        "to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}],
        "ports": [{"protocol": "TCP", "port": 4318}],
    }

    def reaching(manifests):
        found = policies(manifests).items()
        return {component for component, spec in found if rule in spec.get("egress", ())}

    assert reaching(rendered("defaults")) == set()
    manifests = render({"global": {"tracing": {"endpoint": "http://otel-collector.monitoring:4318"}}})
    assert reaching(manifests) == set(policies(manifests)) - {"deny", "test", *STORES}


def test_the_gateway_is_open_to_whom_the_values_name():
    (everyone,) = (
        rule for rule in policies(rendered("defaults"))["gateway"]["ingress"] if "from" not in rule
    )
    assert everyone["ports"] == [{"protocol": "TCP", "port": 8080}]
    rules = policies(rendered("production"))["gateway"]["ingress"]
    assert all(rule["from"] for rule in rules)


def test_metrics_are_scraped_from_the_monitoring_namespace():
    found = policies(rendered("defaults"))
    for workload in of_kind(rendered("defaults"), "Deployment"):
        scraper = found[component_of(workload)]["ingress"][-1]
        assert scraper["from"][0]["namespaceSelector"]["matchLabels"] == {
            "kubernetes.io/metadata.name": "monitoring"
        }


def test_policies_can_be_left_to_someone_else():
    assert not of_kind(render({"global": {"networkPolicy": {"enabled": False}}}), "NetworkPolicy")


def paths_of(routes):
    for route in routes:
        if hasattr(route, "original_router"):
            yield from paths_of(route.original_router.routes)
        else:
            yield route.path


@pytest.mark.parametrize("kind", ["Ingress", "HTTPRoute"])
def test_the_door_shows_the_pages_and_the_api_but_no_metrics(kind):
    from pulso_gateway.app import build_app
    from pulso_gateway.settings import GatewaySettings

    spec = named(rendered("everything"), kind, "pulso-gateway")["spec"]["rules"][0]
    if kind == "Ingress":
        shown = [(one["path"], one["pathType"] == "Exact") for one in spec["http"]["paths"]]
    else:
        shown = [(one["path"]["value"], one["path"]["type"] == "Exact") for one in spec["matches"]]

    def is_shown(path):
        return any(path == at if exact else path == at or path.startswith(f"{at}/") for at, exact in shown)

    paths = set(paths_of(build_app(GatewaySettings()).routes))
    assert len(paths) > 10
    assert {path for path in paths if not is_shown(path)} == {"/healthz", "/readyz", "/metrics"}
