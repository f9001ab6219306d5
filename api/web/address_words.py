"""Which route an address is meant for: a word that one of them spells out, such as `residents/find`, is no value."""

from __future__ import annotations

import re
from collections import defaultdict

from starlette.requests import Request
from starlette.routing import BaseRoute, Match

_PARAMETER = re.compile("{[^}]*}")


class SpelledOut:
    """The last words of addresses that routes spell out, by what stands before them."""

    def __init__(self) -> None:
        self._words: defaultdict[str, set[str]] = defaultdict(set)

    def enter(self, path: str) -> None:
        """Take note of a route, by its path."""
        before, _, last = path.rpartition("/")
        if not _PARAMETER.search(last):
            self._words[_shape(before)].add(last)

    def takes(self, path: str, address: str) -> bool:
        """Whether a route of this path may have an address that it matches: where it has a value, no other has a word.

        So `GET /v1/residents/find` is not about the resident "find": it is answered with 405, as only POST is there.
        """
        before, _, last = path.rpartition("/")
        return not _PARAMETER.search(last) or address.rpartition("/")[2] not in self._words[_shape(before)]


def _shape(path: str) -> str:
    return _PARAMETER.sub("{}", path)


def allowed(request: Request) -> str:
    """The methods of all routes at an address, for `Allow`: Starlette names those of the first alone."""
    routes: list[BaseRoute] = request.app.routes
    there = [each for each in routes if each.matches(request.scope)[0] is not Match.NONE]
    return ", ".join(sorted({method for each in there for method in getattr(each, "methods", None) or ()}))
