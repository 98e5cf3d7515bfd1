"""The parts of the schemas of values. Nothing that is not named here may be in a values file."""

from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
WORD: Schema = {"type": "string", "minLength": 1}
FLAG: Schema = {"type": "boolean"}
NAME: Schema = {"type": "string", "pattern": "^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?)?$"}
"""Of a Kubernetes object, or empty."""
TAG: Schema = {"type": "string", "pattern": r"^([\w][\w.-]{0,127})?$", "not": {"const": "latest"}}
DIGEST: Schema = {"type": "string", "pattern": "^(sha256:[0-9a-f]{64})?$"}
QUANTITY: Schema = {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$"}
COUNT: Schema = {"type": "integer", "minimum": 1}
PORTS: Schema = {
    "type": "array",
    "items": {"type": "integer", "minimum": 1, "maximum": 65_535},
    "minItems": 1,
}
LABELS: Schema = {"type": "object", "additionalProperties": TEXT}


def record(properties: Schema, *, required: tuple[str, ...] = ()) -> Schema:
    """An object with these properties and no other."""
    schema: Schema = {"type": "object", "additionalProperties": False, "properties": properties}
    return schema | ({"required": list(required)} if required else {})


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


SELECTOR: Schema = record(
    {
        "matchLabels": LABELS,
        "matchExpressions": _list(
            record(
                {
                    "key": WORD,
                    "operator": {"enum": ["In", "NotIn", "Exists", "DoesNotExist"]},
                    "values": _list(TEXT),
                },
                required=("key", "operator"),
            )
        ),
    }
)
PEERS: Schema = _list(
    record(
        {
            "namespaceSelector": SELECTOR,
            "podSelector": SELECTOR,
            "ipBlock": record({"cidr": WORD, "except": _list(WORD)}, required=("cidr",)),
        }
    )
)
SOME_PEERS: Schema = PEERS | {"minItems": 1}
"""In a network policy no peers at all would mean everyone."""
RESOURCES: Schema = record(
    {
        "requests": record({"cpu": QUANTITY, "memory": QUANTITY}, required=("cpu", "memory")),
        "limits": record({"cpu": QUANTITY, "memory": QUANTITY}, required=("cpu", "memory")),
    },
    required=("requests", "limits"),
)
TOLERATION: Schema = record(
    {
        "key": TEXT,
        "operator": {"enum": ["Exists", "Equal"]},
        "value": TEXT,
        "effect": {"enum": ["NoSchedule", "PreferNoSchedule", "NoExecute"]},
        "tolerationSeconds": {"type": "integer"},
    }
)


def workload(*, backlog: bool) -> Schema:
    """The values of one Deployment.

    Args:
        backlog: Whether it consumes a stream, and so can scale on what waits there.
    """
    scaling: Schema = {
        "by": {"enum": ["none", "cpu", "keda", "adapter"] if backlog else ["none", "cpu"]},
        "min": COUNT,
        "max": COUNT,
        "cpuUtilization": {"type": "integer", "minimum": 1, "maximum": 100},
    }
    if backlog:
        scaling |= {
            "targetSeconds": {"type": "number", "exclusiveMinimum": 0},
            "utilization": {"type": "integer", "minimum": 1, "maximum": 100},
            "itemsPerSecond": {"type": "number", "exclusiveMinimum": 0},
            "fallback": COUNT,
        }
    return record(
        {
            "scaling": record(scaling, required=tuple(scaling)),
            "resources": RESOURCES,
            "tmpSize": QUANTITY,
            "priorityClassName": NAME,
            "nodeSelector": LABELS,
            "tolerations": _list(TOLERATION),
            "podLabels": LABELS,
            "podAnnotations": LABELS,
        },
        required=("scaling", "resources"),
    )


def store(**more: Schema) -> Schema:
    """The values of a store for development."""
    image = {
        "type": "string",
        "pattern": r"^.+(:[\w.-]+|@sha256:[0-9a-f]{64})$",
        "not": {"pattern": ":latest$"},
    }
    return record({"image": image, "size": QUANTITY, "storageClass": NAME, "resources": RESOURCES, **more})
