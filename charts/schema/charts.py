"""The schema of each chart's values."""

from charts.schema.fields import CLASSES, own_settings, shared_settings
from charts.schema.parts import (
    COUNT,
    DIGEST,
    FLAG,
    LABELS,
    NAME,
    PEERS,
    PORTS,
    QUANTITY,
    RESOURCES,
    SOME_PEERS,
    TAG,
    TEXT,
    WORD,
    Schema,
    record,
    store,
    workload,
)

CONSUMERS = {"sentiment": "worker", "trends": "indexer"}
"""The second Deployment of the services that have one."""

_OUTSIDE: Schema = {"to": SOME_PEERS, "ports": PORTS}

GLOBAL: Schema = record(
    {
        "environment": {"enum": ["development", "production"]},
        "image": record(
            {
                "registry": TEXT,
                "tag": TAG,
                "pullPolicy": {"enum": ["Always", "IfNotPresent", "Never"]},
                "pullSecrets": {"type": "array", "items": WORD},
            },
            required=("registry", "tag", "pullPolicy", "pullSecrets"),
        ),
        "settings": record(shared_settings(), required=tuple(shared_settings())),
        "preStopSeconds": {"type": "integer", "minimum": 1},
        "priorityClassName": NAME,
        "secrets": record(
            {
                "existing": NAME,
                "external": record(
                    {
                        "store": NAME,
                        "kind": {"enum": ["SecretStore", "ClusterSecretStore"]},
                        "path": TEXT,
                        "refresh": {"type": "string", "pattern": "^[0-9]+(s|m|h)$"},
                    },
                    required=("store", "kind", "path", "refresh"),
                ),
            },
            required=("existing", "external"),
        ),
        "redis": record({"secret": NAME, **_OUTSIDE}, required=("secret", "to", "ports")),
        "database": record({"secret": NAME, **_OUTSIDE}, required=("secret", "to", "ports")),
        "trustedCertificates": NAME,
        "prometheusUrl": {"type": "string", "pattern": "^https?://"},
        "tracing": record(
            {
                "endpoint": {"type": "string", "pattern": "^(https?://.+)?$"},
                "share": {"type": "number", "minimum": 0, "maximum": 1},
                **_OUTSIDE,
            },
            required=("endpoint", "share", "to", "ports"),
        ),
        "networkPolicy": record(
            {"enabled": FLAG, "metricsFrom": SOME_PEERS, "dns": SOME_PEERS},
            required=("enabled", "metricsFrom", "dns"),
        ),
    },
    required=(
        "environment", "image", "settings", "preStopSeconds", "priorityClassName", "secrets", "redis",
        "database", "trustedCertificates", "prometheusUrl", "tracing", "networkPolicy",
    ),
)  # fmt: skip

_WHEN: Schema = {"enum": ["auto", "always", "never"]}
_MONITORING: Schema = {
    "scrape": _WHEN,
    "rules": _WHEN,
    "dashboards": _WHEN,
    "labels": LABELS,
    "interval": {"type": "string", "pattern": "^[1-9][0-9]*(s|m)$"},
    "probe": record({"prober": TEXT, "url": TEXT}, required=("prober", "url"))
    | {
        "if": {"properties": {"prober": {"minLength": 1}}},
        "then": {"properties": {"url": {"pattern": "^https?://"}}},
    },
    "docs": {"type": "string", "pattern": "[^/]$"},
}

BACKUP: Schema = record(
    {
        "enabled": FLAG,
        "schedule": {"type": "string", "pattern": r"^(\S+ ){4}\S+$"},
        "keep": COUNT,
        "size": QUANTITY,
        "storageClass": NAME,
        "resources": RESOURCES,
    },
    required=("enabled", "schedule", "keep", "size", "storageClass", "resources"),
)

MIGRATIONS: Schema = record(
    {"enabled": FLAG, "deadlineSeconds": COUNT, "resources": RESOURCES},
    required=("enabled", "deadlineSeconds", "resources"),
)

_OF_LIBRARY: Schema = record({"global": {"type": "object"}})
"""What Helm itself hands to the library chart."""

_OWN: dict[str, Schema] = {
    "gateway": {
        "from": PEERS,
        "ingress": record(
            {"enabled": FLAG, "className": NAME, "annotations": LABELS, "host": TEXT, "tlsSecret": NAME}
        ),
        "httpRoute": record(
            {
                "enabled": FLAG,
                "gateway": NAME,
                "gatewayNamespace": NAME,
                "hostnames": {"type": "array", "items": WORD},
            }
        )
        | {
            "if": {"properties": {"enabled": {"const": True}}},
            "then": {"properties": {"gateway": WORD}},
        },
    },
    "ingest": {
        "persistence": record(
            {
                "accessMode": {"enum": ["ReadWriteOnce", "ReadWriteMany"]},
                "size": QUANTITY,
                "storageClass": NAME,
            },
            required=("accessMode", "size", "storageClass"),
        )
    },
    "insights": {
        "languageModel": record(
            {"secret": NAME, "baseUrl": {"type": "string", "pattern": "^(https?://.+)?$"}, **_OUTSIDE},
            required=("secret", "baseUrl", "to", "ports"),
        )
    },
}


def schema_of(chart: str) -> Schema:
    """The schema of the values of `pulso` or of a service's chart."""
    # Helm holds the values of each part against the schema of that part, and hands `global` to all.
    properties: Schema = {"global": {"type": "object"}, "common": _OF_LIBRARY}
    if chart == "pulso":
        properties["global"] = GLOBAL
        properties |= {name: {"type": "object"} for name in CLASSES}
        properties["monitoring"] = record(_MONITORING, required=tuple(_MONITORING))
        properties["valkey"] = store(maxMemory={"type": "string", "pattern": "^[0-9]+(kb|mb|gb)$"})
        properties["postgresql"] = store()
        properties["migrations"] = MIGRATIONS
        properties["backup"] = BACKUP
    else:
        properties["image"] = record({"tag": TAG, "digest": DIGEST}, required=("tag", "digest"))
        properties["settings"] = record(own_settings(CLASSES[chart]))
        properties["api"] = workload(backlog=False)
        if chart in CONSUMERS:
            properties[CONSUMERS[chart]] = workload(backlog=True)
        properties |= _OWN.get(chart, {})
    required = tuple(name for name in properties if name not in {"common", *CLASSES})
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | record(properties, required=required)
