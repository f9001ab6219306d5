"""Which route an address is meant for: a word of ours in it, such as `find` in `residents/find`, is no value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

from starlette.requests import Request
from starlette.routing import BaseRoute, Match

_WORD = re.compile("[a-z][a-z.-]*")  # as addresses of ours are made of


def may_be(given: Mapping[str, Any], kinds: Mapping[str, Any]) -> bool:
    """Whether the parts of an address can be of these kinds, as far as words can tell.

    A word is no number, and no step but those that are known. What is neither is refused in words when it is read.
    """
    words = ((name, value) for name, value in given.items() if isinstance(value, str) and _WORD.fullmatch(value))
    return all(_takes(kinds[name], word) for name, word in words if name in kinds)


def _takes(kind: Any, word: str) -> bool:
    return kind is not int and (get_origin(kind) is not Literal or word in get_args(kind))


def allowed(request: Request) -> str:
    """The methods of all routes at an address, for `Allow`: Starlette names those of the first alone."""
    routes: list[BaseRoute] = request.app.routes
    there = [each for each in routes if each.matches(request.scope)[0] is not Match.NONE]
    return ", ".join(sorted({method for each in there for method in getattr(each, "methods", None) or ()}))
