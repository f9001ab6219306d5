"""What the OpenAPI document says of an operation, for tests that hold the service to it."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from api.app import _described

Operation = tuple[str, re.Pattern[str], dict[str, Any]]


@cache
def operations() -> list[Operation]:
    """Every operation: its method, a pattern of its address, and what is said of it; in the order of the routes."""
    return [
        (method.upper(), re.compile(re.sub(r"{\w+}", "[^/]+", path.replace(".", r"\."))), operation)
        for path, found in json.loads(_described())["paths"].items()
        for method, operation in found.items()
    ]


def documented(method: str, path: str, usual: int) -> set[int]:
    """The statuses that an operation may answer; of an address that is no operation, the `usual` one."""
    bare = path.partition("?")[0]
    found = (operation for verb, known, operation in operations() if verb == method and known.fullmatch(bare))
    return next(({int(status) for status in operation["responses"]} for operation in found), {usual})
