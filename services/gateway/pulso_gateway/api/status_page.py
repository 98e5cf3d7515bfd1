"""The status page at `/`. Health needs no key; the page asks for the figures with the reader's."""

import asyncio
from html import escape
from pathlib import Path
from string import Template
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse
from pulso_kit.errors import NotFound

from pulso_gateway.api.admission import Anonymous
from pulso_gateway.api.page_headers import ASSET_HEADERS, page_headers
from pulso_gateway.domain.routes import Service
from pulso_gateway.upstream.services import Services

_WEB: Final = Path(__file__).parent.parent / "web"
_ASSETS: Final = frozenset({"status.css", "status.js", "pulso.svg"})
_PAGE: Final = Template((_WEB / "status.html").read_text("utf-8"))

router = APIRouter(include_in_schema=False, dependencies=[Anonymous])


@router.get("/")
async def status_page(request: Request) -> HTMLResponse:
    """The page, with the state of the services already in it."""
    return HTMLResponse(_PAGE.substitute(services=await _services(request)), headers=page_headers())


@router.get("/services")
async def services_fragment(request: Request) -> HTMLResponse:
    """The list of services alone, for the page to refresh itself."""
    return HTMLResponse(await _services(request), headers=page_headers())


@router.get("/assets/{name}")
async def asset(name: str) -> FileResponse:
    """What the page is made of."""
    if name not in _ASSETS:
        raise NotFound("There is no such file.")
    return FileResponse(_WEB / name, headers=ASSET_HEADERS)


async def _services(request: Request) -> str:
    services: Services = request.app.state.services
    troubles = await asyncio.gather(*(services.trouble(service) for service in Service))
    rows = [_row("gateway", None), *map(_row, Service, troubles)]
    return "\n".join(rows)


def _row(name: str, trouble: str | None) -> str:
    if trouble is None:
        said = '<span lang="es">listo</span><span lang="en">ready</span>'
        return f"<li><b>{name}</b><small>{said}</small></li>"
    return f'<li class="down"><b>{name}</b><small>{escape(trouble)}</small></li>'
