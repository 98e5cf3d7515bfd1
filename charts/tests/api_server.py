"""What Helm asks of a Kubernetes API before it writes: which resources there are, which Secrets exist."""

import json
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from charts.tests.rendering import Manifest


def _plural(kind: str) -> str:
    return f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"


def _resources(version: str, kinds: Collection[str]) -> dict[str, Any]:
    return {
        "kind": "APIResourceList",
        "groupVersion": version,
        "resources": [
            {
                "name": _plural(kind.lower()),
                "singularName": kind.lower(),
                "namespaced": True,
                "kind": kind,
                "verbs": ["get"],
            }
            for kind in sorted(kinds)
        ],
    }


def _answers(kinds: Mapping[str, Collection[str]], secrets: tuple[Manifest, ...]) -> dict[str, Any]:
    groups = [
        {"name": version.partition("/")[0], "versions": [preferred], "preferredVersion": preferred}
        for version in kinds
        if "/" in version
        for preferred in [{"groupVersion": version, "version": version.partition("/")[2]}]
    ]
    return {
        "/version": {"major": "1", "minor": "37", "gitVersion": "v1.37.0"},
        "/api": {"kind": "APIVersions", "versions": ["v1"]},
        "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups},
        **{
            f"/api{'s' if '/' in version else ''}/{version}": _resources(version, found)
            for version, found in kinds.items()
        },
        **{f"/api/v1/namespaces/tastes/secrets/{one['metadata']['name']}": one for one in secrets},
    }


@contextmanager
def api_server(kinds: Mapping[str, Collection[str]], *secrets: Manifest) -> Iterator[str]:
    """The address of an API that knows these kinds of each version and has Secrets in `tastes`."""
    answers = _answers(kinds, secrets)
    missing = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}

    class Api(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            answer = answers.get(path)
            # An OpenAPI document of no bytes, as protobuf, describes nothing: Helm validates nothing by it.
            body = b"" if path == "/openapi/v2" else json.dumps(answer or missing).encode()
            self.send_response(200 if answer or not body else 404)
            self.send_header("Content-Type", "application/json" if body else "application/octet-stream")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
