"""`/openapi.json` and `/docs`; the page's program comes from a package, so it works without the internet."""

from importlib.resources import files
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, JSONResponse
from pulso_kit.errors import NotFound

from pulso_gateway.api.admission import Anonymous
from pulso_gateway.api.page_headers import ASSET_HEADERS, page_headers
from pulso_gateway.upstream.openapi import MergedOpenApi

_SWAGGER: Final = Path(str(files("fastapi_swagger") / "resources"))
_WEB: Final = Path(__file__).parent.parent / "web"
_ASSETS: Final = {
    "swagger-ui-bundle.js": _SWAGGER / "swagger-ui-bundle.js",
    "swagger-ui.css": _SWAGGER / "swagger-ui.css",
    "start.js": _WEB / "docs.js",
}

router = APIRouter(include_in_schema=False, dependencies=[Anonymous])


@router.get("/openapi.json")
async def openapi(request: Request) -> JSONResponse:
    """The API of the whole platform."""
    merged: MergedOpenApi = request.app.state.openapi_document
    return JSONResponse(await merged.document())


@router.get("/docs")
async def docs() -> FileResponse:
    """The same, to read and to try."""
    return FileResponse(_WEB / "docs.html", headers=page_headers(styles="'self' 'unsafe-inline'"))


@router.get("/docs/{name}")
async def docs_asset(name: str) -> FileResponse:
    """What the page of the API is made of."""
    if name not in _ASSETS:
        raise NotFound("There is no such file.")
    return FileResponse(_ASSETS[name], headers=ASSET_HEADERS)
