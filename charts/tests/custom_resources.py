"""What the operators' own resources must look like.

`MODELS` are made of the operators' resource definitions by the packages cloudcoil-models-*, so they know each
field and its type. `SCHEMAS` are strict about the fields that the charts use: of resources which no package
knows, and where a definition takes anything, as KEDA's does for what a trigger is told.

Sources: https://keda.sh/docs/latest/reference/scaledobject-spec/, https://keda.sh/docs/latest/scalers/prometheus/,
https://external-secrets.io/latest/api/externalsecret/, https://gateway-api.sigs.k8s.io/reference/spec/#httproute.
"""

from typing import Any

import jsonschema
from cloudcoil.models.keda.v1alpha1 import ScaledObject
from cloudcoil.models.prometheus_operator.v1 import PodMonitor, Probe, PrometheusRule
from pydantic import BaseModel, ValidationError

from charts.tests.rendering import Manifest

Schema = dict[str, Any]

NAME: Schema = {"type": "string", "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"}
LABELS: Schema = {"type": "object", "additionalProperties": {"type": "string"}}
DURATION: Schema = {"type": "string", "pattern": "^([0-9]+(h|m|s|ms)){1,4}$"}
COUNT: Schema = {"type": "integer", "minimum": 1}


def _record(required: Schema, optional: Schema | None = None) -> Schema:
    properties = required | (optional or {})
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "required": list(required),
    }


def _resource(api_version: str, kind: str, spec: Schema) -> Schema:
    metadata = _record({"name": NAME, "labels": LABELS}, {"annotations": LABELS})
    head = {"apiVersion": {"const": api_version}, "kind": {"const": kind}}
    return _record(head | {"metadata": metadata, "spec": spec})


_POLICY = _record({"type": {"enum": ["Percent", "Pods"]}, "value": COUNT, "periodSeconds": COUNT})
_RULES = _record(
    {"stabilizationWindowSeconds": {"type": "integer"}, "policies": {"type": "array", "items": _POLICY}},
    {"selectPolicy": {"enum": ["Max", "Min"]}},
)
_PROMETHEUS = _record(
    {
        "type": {"const": "prometheus"},
        # The fallback exists for this type of metric only.
        "metricType": {"const": "AverageValue"},
        "metadata": _record(
            {
                "serverAddress": {"type": "string", "pattern": "^https?://"},
                "query": {"type": "string", "minLength": 1},
                "threshold": {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?$"},
                "ignoreNullValues": {"enum": ["true", "false"]},
            }
        ),
    }
)
_HTTP_MATCH = _record(
    {
        "path": _record(
            {"type": {"enum": ["Exact", "PathPrefix"]}, "value": {"type": "string", "pattern": "^/"}}
        )
    }
)

SCHEMAS: dict[str, Schema] = {
    "ScaledObject": _resource(
        "keda.sh/v1alpha1",
        "ScaledObject",
        _record(
            {
                "scaleTargetRef": _record({"name": NAME}),
                "minReplicaCount": COUNT,
                "maxReplicaCount": COUNT,
                "pollingInterval": COUNT,
                "fallback": _record(
                    {
                        "failureThreshold": COUNT,
                        "replicas": COUNT,
                        # Since KEDA 2.17.
                        "behavior": {"enum": ["static", "currentReplicas", "currentReplicasIfHigher"]},
                    }
                ),
                "advanced": _record(
                    {
                        "horizontalPodAutoscalerConfig": _record(
                            {"behavior": _record({"scaleUp": _RULES, "scaleDown": _RULES})}
                        )
                    }
                ),
                "triggers": {"type": "array", "minItems": 1, "items": _PROMETHEUS},
            }
        ),
    ),
    "ExternalSecret": _resource(
        "external-secrets.io/v1",
        "ExternalSecret",
        _record(
            {
                "refreshInterval": DURATION,
                "secretStoreRef": _record(
                    {"name": NAME, "kind": {"enum": ["SecretStore", "ClusterSecretStore"]}}
                ),
                "target": _record(
                    {
                        "name": NAME,
                        "creationPolicy": {"enum": ["Owner", "Orphan", "Merge", "None"]},
                        "deletionPolicy": {"enum": ["Delete", "Merge", "Retain"]},
                    }
                ),
                "dataFrom": {
                    "type": "array",
                    "items": _record({"extract": _record({"key": {"type": "string", "minLength": 1}})}),
                },
            }
        ),
    ),
    "HTTPRoute": _resource(
        "gateway.networking.k8s.io/v1",
        "HTTPRoute",
        _record(
            {
                "parentRefs": {
                    "type": "array",
                    "minItems": 1,
                    "items": _record({"name": NAME}, {"namespace": NAME}),
                },
                "rules": {
                    "type": "array",
                    "items": _record(
                        {
                            "matches": {"type": "array", "minItems": 1, "maxItems": 64, "items": _HTTP_MATCH},
                            "timeouts": _record({"request": DURATION}),
                            "backendRefs": {
                                "type": "array",
                                "items": _record({"name": NAME, "port": {"type": "integer"}}),
                            },
                        }
                    ),
                },
            },
            {"hostnames": {"type": "array", "items": {"type": "string", "minLength": 1}}},
        ),
    ),
}

MODELS: dict[str, type[BaseModel]] = {
    "ScaledObject": ScaledObject,
    "PodMonitor": PodMonitor,
    "Probe": Probe,
    "PrometheusRule": PrometheusRule,
}
YOUNGER = {("spec", "fallback", "behavior")}
"""Fields that came after the definitions of which the models are made: KEDA has this one since 2.17."""
KINDS = SCHEMAS.keys() | MODELS.keys()


def validate(manifest: Manifest) -> None:
    """Hold one of `KINDS` against all that is known of it.

    Raises:
        pydantic.ValidationError: the operator's definition has no such field, or not of this type.
        jsonschema.ValidationError: it is not among what the charts may say.
    """
    kind = manifest["kind"]
    if kind in MODELS:
        try:
            MODELS[kind].model_validate(manifest, extra="forbid", by_alias=True, by_name=False)
        except ValidationError as error:
            if {one["loc"] for one in error.errors()} - YOUNGER:
                raise
    if kind in SCHEMAS:
        jsonschema.validate(manifest, SCHEMAS[kind])
