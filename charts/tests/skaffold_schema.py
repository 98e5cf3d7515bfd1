"""A strict schema of the fields that skaffold.yaml uses, because no package ships one of skaffold/v4beta13.

Source: https://skaffold.dev/docs/references/yaml/.
"""

from typing import Any

Schema = dict[str, Any]

_WORD: Schema = {"type": "string", "minLength": 1}
_PORT: Schema = {"type": "integer", "minimum": 1, "maximum": 65_535}


def _record(required: Schema, optional: Schema | None = None) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": required | (optional or {}),
        "required": list(required),
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "minItems": 1, "items": items}


def _texts(values: Schema) -> Schema:
    return {"type": "object", "minProperties": 1, "additionalProperties": values}


_BUILD = _record(
    {
        "artifacts": _list(_record({"image": _WORD, "docker": _record({"buildArgs": _texts(_WORD)})})),
        "tagPolicy": _record(
            {
                "gitCommit": _record(
                    {
                        "variant": {"enum": ["Tags", "CommitSha", "AbbrevCommitSha"]},
                        "prefix": {"type": "string", "pattern": "^[a-z]"},
                    }
                )
            }
        ),
        "local": _record({"useBuildkit": {"type": "boolean"}}, {"push": {"type": "boolean"}}),
    }
)
_RELEASE = _record(
    {
        "name": _WORD,
        "namespace": _WORD,
        "createNamespace": {"type": "boolean"},
        "chartPath": _WORD,
        "skipBuildDependencies": {"type": "boolean"},
        "setValueTemplates": _texts(_WORD),
    },
    {"valuesFiles": _list(_WORD), "wait": {"type": "boolean"}},
)
_HOOK = _record({"host": _record({"command": _list(_WORD)})})
_DEPLOY = _record(
    {
        "statusCheckDeadlineSeconds": {"type": "integer", "minimum": 1},
        "helm": _record({"releases": _list(_RELEASE)}, {"hooks": _record({"after": _list(_HOOK)})}),
    }
)
_FORWARD = _record(
    {
        "resourceType": {"const": "service"},
        "resourceName": _WORD,
        "namespace": _WORD,
        "port": _PORT,
        "localPort": _PORT,
    }
)
_PATCH = _record({"op": {"const": "add"}, "path": {"type": "string", "pattern": "^/"}, "value": {}})
_PROFILE = _record(
    {"name": _WORD, "patches": _list(_PATCH)}, {"activation": _list(_record({"kubeContext": _WORD}))}
)

MODULE: Schema = _record(
    {
        "apiVersion": {"const": "skaffold/v4beta13"},
        "kind": {"const": "Config"},
        "metadata": _record({"name": _WORD}),
    },
    {
        "requires": _list(_record({"configs": _list(_WORD)})),
        "build": _BUILD,
        "deploy": _DEPLOY,
        "portForward": _list(_FORWARD),
        "profiles": _list(_PROFILE),
    },
)
