"""What the OpenAPI document says about an operation, for tests that compare the service with it."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from api.app import _described

Operation = tuple[str, re.Pattern[str], dict[str, Any]]


@cache
def operations() -> list[Operation]:
    """Every operation, in the order of the routes: its method, a pattern of its path, and its description."""
    return [
        (method.upper(), re.compile(re.sub(r"{\w+}", "[^/]+", path.replace(".", r"\."))), operation)
        for path, methods in json.loads(_described())["paths"].items()
        for method, operation in methods.items()
    ]


def documented(method: str, path: str, usual: int) -> set[int]:
    """The documented statuses of an operation; only `usual` for a path that is not an operation."""
    bare = path.partition("?")[0]
    matches = (operation for verb, known, operation in operations() if verb == method and known.fullmatch(bare))
    return next(({int(status) for status in operation["responses"]} for operation in matches), {usual})
