"""A client of the gateway, for commands: each failure is a sentence."""

from collections.abc import Iterable, Iterator, Mapping
from types import TracebackType
from typing import Any, Self

import httpx
from pulso_contracts.problems import Problem
from pydantic import ValidationError

from pulso_cli.failures import CommandFailed, ExitCode

API = "/api/v1"
_REFUSED = frozenset({400, 401, 403, 404, 409, 413, 415, 422})

Query = Mapping[str, str | int | list[str] | None]


class Gateway:
    """Calls the HTTP API of a stack with an API key."""

    def __init__(self, url: str, key: str | None) -> None:
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}
        # A long upload is sent while the server answers nothing: only connecting and a dead line are bounded.
        self._client = httpx.Client(
            base_url=url, headers=self.headers, timeout=httpx.Timeout(60.0, connect=5.0)
        )
        self.url = url

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def get(self, path: str, query: Query | None = None) -> Any:
        """The JSON answer to a GET below `/api/v1`."""
        given = {name: value for name, value in (query or {}).items() if value is not None}
        return self._send(self._client.build_request("GET", API + path, params=given))

    def pages(self, path: str) -> Iterator[Any]:
        """The items of a list, page by page."""
        cursor: str | None = None
        while True:
            page = self.get(path, {"limit": 200, "cursor": cursor})
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def post(self, path: str, body: Any) -> Any:
        """Posts JSON."""
        return self._send(self._client.build_request("POST", API + path, json=body))

    def upload(self, path: str, content: Iterable[bytes], headers: Mapping[str, str], query: Query) -> Any:
        """Posts a body piece by piece."""
        given = {name: value for name, value in query.items() if value is not None}
        request = self._client.build_request(
            "POST", API + path, content=content, headers=headers, params=given
        )
        return self._send(request)

    def delete(self, path: str) -> None:
        """Deletes."""
        self._send(self._client.build_request("DELETE", API + path))

    def readiness(self) -> tuple[bool, dict[str, str]]:
        """Whether the whole stack is ready, and the outcome of each check."""
        try:
            answer = self._client.get("/readyz")
            return answer.status_code == httpx.codes.OK, dict(answer.json().get("checks", {}))
        except (httpx.HTTPError, ValueError) as error:
            raise self._unreachable(error) from error

    def _send(self, request: httpx.Request) -> Any:
        """Sends, and reads the answer.

        Raises:
            CommandFailed: No answer, or one that is not a success; the sentence is the problem's own detail.
        """
        try:
            answer = self._client.send(request)
        except httpx.HTTPError as error:
            raise self._unreachable(error) from error
        if answer.is_success:
            return answer.json() if answer.content else None
        code = ExitCode.REFUSED if answer.status_code in _REFUSED else ExitCode.FAILURE
        raise CommandFailed(_sentence(answer), code)

    def _unreachable(self, error: Exception) -> CommandFailed:
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.UnsupportedProtocol):
            return CommandFailed(f"Nothing answers at {self.url}.", ExitCode.NOT_RUNNING)
        if isinstance(error, httpx.TimeoutException):
            return CommandFailed(f"{self.url} did not answer in time.")
        return CommandFailed(f"The connection to {self.url} broke off ({type(error).__name__}).")


def _sentence(answer: httpx.Response) -> str:
    try:
        problem = Problem.model_validate_json(answer.content)
    except ValidationError:
        return f"The server answered {answer.status_code} {answer.reason_phrase}."
    sentence = (problem.detail or problem.title).rstrip(".")
    if problem.errors:
        sentence += ": " + "; ".join(f"{wrong.field} {wrong.message}" for wrong in problem.errors[:5])
    wait = answer.headers.get("Retry-After")
    return f"{sentence} ({answer.status_code}{f', try again in {wait} s' if wait else ''})."
