"""The door as a dependency of endpoints."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute

from pulso_gateway.access.door import Admission, Door
from pulso_gateway.access.verifier import Caller
from pulso_gateway.domain.api_keys import Role


def address_of(request: Request) -> str:
    """The caller's address, as the server trusts it."""
    return request.client.host if request.client is not None else "unknown"


def given_key(request: Request) -> str | None:
    """The key in `Authorization: Bearer …`, else in `X-API-Key`."""
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and credentials.strip():
        return credentials.strip()
    return request.headers.get("x-api-key") or None


async def admit(request: Request, roles: frozenset[Role]) -> Admission:
    """Lets the request in if its key has one of `roles`; raises as `Door.admit` does."""
    door: Door = request.app.state.door
    return await door.admit(given_key(request), address=address_of(request), roles=roles)


async def _anonymous(request: Request) -> None:
    door: Door = request.app.state.door
    await door.admit_anonymous(address=address_of(request))


class AdministratorRoute(APIRoute):
    """A route for callers with the role `admin`, who are let in before anything of the request is read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route's handler behind the door."""
        handle = super().get_route_handler()

        async def handle_admitted(request: Request) -> Response:
            admission = await admit(request, frozenset({Role.ADMIN}))
            request.state.caller = admission.caller
            response = await handle(request)
            response.headers.update({**admission.allowance.headers(), "Cache-Control": "no-store"})
            return response

        return handle_admitted


async def _administrator(request: Request) -> Caller:
    caller: Caller = request.state.caller
    return caller


Anonymous = Depends(_anonymous)
"""For `dependencies=`: no key needed, but not too often."""

Administrator = Annotated[Caller, Depends(_administrator)]
"""The caller of an endpoint of an `AdministratorRoute`."""
