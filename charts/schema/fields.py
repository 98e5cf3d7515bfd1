"""The settings of a service as values of its chart: the same names in camelCase, types and bounds."""

from typing import Any

from pulso_gateway.settings import GatewaySettings
from pulso_ingest.settings import IngestSettings
from pulso_insights.settings import InsightsSettings
from pulso_kit.settings import ServiceSettings
from pulso_sentiment.settings import SentimentSettings
from pulso_trends.settings import TrendsSettings
from pydantic import AliasChoices
from pydantic.alias_generators import to_camel

CLASSES: dict[str, type[ServiceSettings]] = {
    "gateway": GatewaySettings,
    "ingest": IngestSettings,
    "sentiment": SentimentSettings,
    "trends": TrendsSettings,
    "insights": InsightsSettings,
}

OF_ALL = frozenset({"log_level", "shutdown_seconds", "stream_shards"})
"""Set once for all services under `global.settings`."""

WIRED = frozenset(
    {
        "environment", "host", "port", "internal_token",
        "role", "redis_url", "database_url", "data_dir", "admin_key", "customer_key",
        "ingest_url", "sentiment_url", "trends_url", "insights_url",
        "openai_api_key", "openai_base_url", "otlp_endpoint", "trace_share",
    }
)  # fmt: skip
"""Set by the templates from other values: addresses, secrets, roles."""

_KEPT = frozenset(
    {
        "type",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "minLength",
        "pattern",
        "enum",
        "items",
    }
)


def own_settings(cls: type[ServiceSettings]) -> dict[str, Any]:
    """The JSON schema of a service's own settings, by their names in camelCase."""
    return {
        name: schema
        for name, schema in _settings(cls).items()
        if name != "streamShards"  # the same everywhere, or items are lost
    }


def shared_settings() -> dict[str, Any]:
    """The JSON schema of the settings of all services."""
    return {to_camel(name): _settings(TrendsSettings)[to_camel(name)] for name in sorted(OF_ALL)}


def variables_of(cls: type[ServiceSettings]) -> dict[str, str]:
    """The environment variable of each setting."""
    aliases = {name: field.validation_alias for name, field in cls.model_fields.items()}
    return {
        name: str(alias.choices[0]) if isinstance(alias, AliasChoices) else f"PULSO_{name.upper()}"
        for name, alias in aliases.items()
    }


def _settings(cls: type[ServiceSettings]) -> dict[str, Any]:
    document = cls.model_json_schema()
    definitions = document.get("$defs", {})
    return {
        to_camel(name): _plain(document["properties"][name], definitions)
        for name in sorted(cls.model_fields)
        if name not in WIRED
    }


def _plain(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Without references, titles and defaults: those of the services stay theirs."""
    if "anyOf" in schema:  # a setting that may be absent: a value of null is, for Helm
        [schema] = [each for each in schema["anyOf"] if each.get("type") != "null"]
    if "$ref" in schema:
        return _plain(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    plain = {name: value for name, value in schema.items() if name in _KEPT}
    if "items" in plain:
        plain["items"] = _plain(plain["items"], definitions)
    return plain
