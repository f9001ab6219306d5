"""Make fixed paths such as `residents/find` take precedence over parameters such as `residents/{number}`."""

from __future__ import annotations

import re
from collections import defaultdict

from starlette.requests import Request
from starlette.routing import BaseRoute, Match

_PARAMETER = re.compile("{[^}]*}")


class LiteralPaths:
    """The fixed words at the end of route paths, such as `find` in `residents/find`, by the part before."""

    def __init__(self) -> None:
        self._words: defaultdict[str, set[str]] = defaultdict(set)

    def register(self, path: str) -> None:
        """Add the path of a route, if it ends in a fixed word."""
        before, _, last = path.rpartition("/")
        if not _PARAMETER.search(last):
            self._words[_shape(before)].add(last)

    def may_match(self, path: str, address: str) -> bool:
        """Return whether the route with this `path` may handle `address`.

        If `address` is a fixed path of another route, it may not. So `GET /v1/residents/find` does not look up a
        resident called "find"; it gets 405, since only POST exists there.
        """
        before, _, last = path.rpartition("/")
        return not _PARAMETER.search(last) or address.rpartition("/")[2] not in self._words[_shape(before)]


def _shape(path: str) -> str:
    return _PARAMETER.sub("{}", path)


def allowed_methods(request: Request) -> str:
    """Return the methods of all routes for the requested address, to be sent in the `Allow` header.

    Starlette itself names only the methods of the first route.
    """
    routes: list[BaseRoute] = request.app.routes
    matches = [route for route in routes if route.matches(request.scope)[0] is not Match.NONE]
    return ", ".join(sorted({method for route in matches for method in getattr(route, "methods", None) or ()}))
