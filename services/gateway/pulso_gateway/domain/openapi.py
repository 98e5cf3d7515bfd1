"""One OpenAPI document out of those of all services: only what the route table lists, under `/api/v1`."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import Any, Final

from pulso_gateway.domain.routes import API_PREFIX, Route, Service, path_parameters, same_path

Document = dict[str, Any]

PROBLEM_MEDIA: Final = "application/problem+json"
_SCHEMAS: Final = "#/components/schemas/"
_GATEWAY_ANSWERS: Final = {
    "401": "No API key, or not a good one",
    "403": "The key's role is too small",
    "413": "The body is too large",
    "429": "Too many requests; `Retry-After` tells when to try again",
    "502": "The service broke off",
    "503": "The service cannot be reached now; `Retry-After` tells when to try again",
    "504": "The service did not answer in time",
}
_ANSWERS_TO_IDS: Final = {"404": "Nothing has that id"}
_ANSWERS_TO_BODIES: Final = {"415": "A content type that is not read here"}
_SECURITY: Final = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "`Authorization: Bearer pulso_…`"},
    "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
}


def merge(own: Document, services: Mapping[Service, Document | None], routes: Sequence[Route]) -> Document:
    """The document of the whole platform.

    Args:
        own: The gateway's own document; its paths are already complete.
        services: The document of each service, None for one that gave none.
        routes: The route table.

    Returns:
        The merged document. `x-pulso-missing` names the services that are not in it.
    """
    merged = deepcopy(own)
    paths: dict[str, Any] = merged.setdefault("paths", {})
    schemas: dict[str, Any] = merged.setdefault("components", {}).setdefault("schemas", {})
    for service, document in services.items():
        if document is None:
            continue
        renamed = _with_unique_schemas(document, schemas, service)
        for route in routes:
            operation = _find(renamed, route) if route.service == service else None
            if operation is not None:
                operation["operationId"] = f"{service}_{operation.get('operationId', route.path)}"
                operation.setdefault("tags", [str(service)])
                _name_path_parameters(operation, route)
                paths.setdefault(API_PREFIX + route.path, {})[route.method.lower()] = operation
    for path, operations in paths.items():
        for operation in operations.values():
            _add_what_any_caller_may_get(operation, path)
    _name_problems(paths, schemas)
    merged["components"]["securitySchemes"] = _SECURITY
    merged["security"] = [{name: []} for name in _SECURITY]
    merged["x-pulso-missing"] = sorted(name for name, document in services.items() if document is None)
    return merged


def _find(document: Document, route: Route) -> dict[str, Any] | None:
    for path, operations in document.get("paths", {}).items():
        if same_path(path, route.path) and route.method.lower() in operations:
            operation: dict[str, Any] = operations[route.method.lower()]
            return operation
    return None


def _name_path_parameters(operation: dict[str, Any], route: Route) -> None:
    """Gives the parameters of the path the names that the public path has, in the same order."""
    names = iter(path_parameters(route.path))
    for parameter in operation.get("parameters", []):
        if parameter.get("in") == "path":
            parameter["name"] = next(names)


def _operations(paths: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for operations in paths.values():
        yield from operations.values()


def _with_unique_schemas(document: Document, taken: dict[str, Any], service: Service) -> Document:
    """A copy whose schemas are added to `taken`; one whose name is taken by another schema is renamed."""
    given: dict[str, Any] = document.get("components", {}).get("schemas", {})
    names = {
        name: f"{service.capitalize()}{name}" if taken.get(name, schema) != schema else name
        for name, schema in given.items()
    }
    renamed: Document = _renamed(document, names)
    schemas = renamed.get("components", {}).get("schemas", {})
    taken.update({names[name]: schema for name, schema in schemas.items()})
    return renamed


def _renamed(node: Any, names: Mapping[str, str]) -> Any:
    if isinstance(node, list):
        return [_renamed(item, names) for item in node]
    if not isinstance(node, dict):
        return node
    copy = {key: _renamed(value, names) for key, value in node.items()}
    target = copy.get("$ref")
    if isinstance(target, str) and target.startswith(_SCHEMAS):
        name = target.removeprefix(_SCHEMAS)
        copy["$ref"] = _SCHEMAS + names.get(name, name)
    return copy


def _add_what_any_caller_may_get(operation: dict[str, Any], path: str) -> None:
    responses: dict[str, Any] = operation.setdefault("responses", {})
    answers = _GATEWAY_ANSWERS | (_ANSWERS_TO_IDS if path_parameters(path) else {})
    if "requestBody" in operation:
        answers |= _ANSWERS_TO_BODIES
    for status, description in answers.items():
        responses.setdefault(status, {"description": description, "content": {PROBLEM_MEDIA: {}}})


def _name_problems(paths: Mapping[str, Any], schemas: dict[str, Any]) -> None:
    """Writes the schema of problems once instead of seven times per operation."""
    for operation in _operations(paths):
        for response in operation["responses"].values():
            media = response.get("content", {}).get(PROBLEM_MEDIA)
            if media is not None:
                if "$ref" not in media.get("schema", {"$ref": ""}):
                    schemas.setdefault("Problem", media["schema"])
                media["schema"] = {"$ref": f"{_SCHEMAS}Problem"}
