"""Lists that are told as JSON or as CSV, whichever the caller's `Accept` prefers."""

from asyncio import to_thread
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeVar
from urllib.parse import urlencode

import mimeparse
from fastapi import Depends, Request, Response
from pydantic import BaseModel

from pulso_kit.csv_table import csv_table
from pulso_kit.errors import NotAcceptable, problem_responses

JSON: Final = "application/json"
CSV: Final = "text/csv"

Json = Mapping[str, Any]
Answer = TypeVar("Answer", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Listing:
    """How the answer of an endpoint is told as a table.

    Attributes:
        name: What the file is called, without its ending.
        columns: The header, as `csv_table.columns_of` gives it.
        rows: The rows in the JSON of an answer.
        example: A row for the documentation; what it leaves out is an empty cell.
    """

    name: str
    columns: tuple[str, ...]
    rows: Callable[[Json], Iterable[Json]]
    example: Json

    @property
    def responses(self) -> dict[int | str, dict[str, Any]]:
        """For `responses=` of the endpoint."""
        example = csv_table(self.columns, [self.example]).decode("utf-8-sig")
        table = {"schema": {"type": "string"}, "example": example}
        link = {"description": "In CSV: the next page.", "schema": {"type": "string"}}
        return {
            200: {"description": "JSON, or CSV where `Accept` prefers it.", "content": {CSV: table}}
            | {"headers": {"Link": link}},
            **problem_responses(406),
        }


def preferred(accept: str) -> str:
    """The media type in which a caller with this `Accept` gets a list; JSON where both are as welcome.

    Raises:
        NotAcceptable: It allows neither, or cannot be read.
    """
    if not accept.strip():
        return JSON
    try:
        found: str = mimeparse.best_match([CSV, JSON], accept.lower())
    except ValueError:
        found = ""
    if not found:
        raise NotAcceptable(f"This is told as {JSON} and as {CSV}.")
    return found


class AnswerForm:
    """The form in which the caller wants the answer; any other is refused before any work is done."""

    def __init__(self, request: Request, response: Response) -> None:
        self._query = request.query_params.multi_items()
        self._form = preferred(",".join(request.headers.getlist("accept")))
        response.headers["Vary"] = "Accept"

    async def of(self, answer: Answer, listing: Listing) -> Answer | Response:
        """The answer itself, for JSON, or its table.

        A table has no place for `next_cursor`: the next page is in the `Link` header (RFC 8288), as a
        relative reference that holds at the gateway too.
        """
        if self._form == JSON:
            return answer
        content = await to_thread(answer.model_dump, mode="json", by_alias=True)
        headers = {"Content-Disposition": f'attachment; filename="{listing.name}.csv"', "Vary": "Accept"}
        if content.get("next_cursor") is not None:
            headers["Link"] = f'<?{self._following(content["next_cursor"])}>; rel="next"'
        table = await to_thread(csv_table, listing.columns, listing.rows(content))
        return Response(table, media_type=CSV, headers=headers)

    def _following(self, cursor: str) -> str:
        kept = [(name, value) for name, value in self._query if name != "cursor"]
        return urlencode([*kept, ("cursor", cursor)])


AnswerFormDep = Annotated[AnswerForm, Depends()]
