"""405 with all the methods that a path has: the framework names only those of the first route that fits."""

from collections.abc import Awaitable, Callable, Sequence

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from pulso_kit.errors import problem_response


def method_not_allowed(routers: Sequence[APIRouter]) -> Callable[[Request, Exception], Awaitable[Response]]:
    """The handler of 405 for an application made of `routers`."""
    routes = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]

    async def answer(request: Request, _error: Exception) -> Response:
        fitting = [route for route in routes if route.path_regex.match(request.url.path)]
        allowed = sorted({method for route in fitting for method in route.methods or ()})
        headers = {"Allow": ", ".join(allowed)}
        return problem_response(405, detail=f"This path has {headers['Allow']} only.", headers=headers)

    return answer
