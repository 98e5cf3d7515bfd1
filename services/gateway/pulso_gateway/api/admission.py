"""The door as a dependency of endpoints."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request, Response

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


def admitted(roles: frozenset[Role]) -> Callable[[Request, Response], Awaitable[Admission]]:
    """A dependency that lets only callers with one of `roles` in."""

    async def admit(request: Request, response: Response) -> Admission:
        door: Door = request.app.state.door
        admission = await door.admit(given_key(request), address=address_of(request), roles=roles)
        response.headers.update(admission.allowance.headers())
        return admission

    return admit


async def _anonymous(request: Request) -> None:
    door: Door = request.app.state.door
    await door.admit_anonymous(address=address_of(request))


async def _administrator(
    admission: Annotated[Admission, Depends(admitted(frozenset({Role.ADMIN})))],
) -> Caller:
    return admission.caller


Anonymous = Depends(_anonymous)
"""For `dependencies=`: no key needed, but not too often."""

Administrator = Annotated[Caller, Depends(_administrator)]
"""The caller of an endpoint that needs the role `admin`."""
