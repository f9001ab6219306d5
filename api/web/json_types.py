"""A JSON body means what it says: `true` is no number, "3" none either, and 0 is no day, though pydantic takes them.

Models themselves stay lenient: files and the command line hold nothing but text. Only JSON has types of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from fastapi import Request

Schema = dict[str, Any]
_CONVERTED: dict[str, tuple[tuple[type, ...], str]] = {  # what pydantic would convert, by the type it is converted to
    "integer": ((bool, str), "Input should be a valid integer"),
    "number": ((bool, str), "Input should be a valid number"),
    "boolean": ((int, float, str), "Input should be a valid boolean"),
    "string": ((bool, int, float), "Input should be a valid string"),
}


async def read(request: Request) -> Any:
    """The body of a request; None where it is no JSON: that is refused when it is read."""
    if "json" not in request.headers.get("Content-Type", ""):
        return None
    try:
        return json.loads(await request.body())
    except (ValueError, RecursionError):
        return None


def mistaken(schema: Schema, given: Any) -> Iterator[dict[str, Any]]:
    """What in a body has another type than its schema says, as errors that pydantic could have found."""
    yield from _mistaken(schema, given, ("body",), schema.get("$defs", {}))


def _mistaken(schema: Schema, given: Any, place: tuple[str | int, ...], known: Schema) -> Iterator[dict[str, Any]]:
    if "$ref" in schema:
        schema = known[schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        tried = [[*_mistaken(each, given, place, known)] for each in schema["anyOf"] if _may_be(each, given)]
        yield from min(tried, key=len, default=[])
    elif isinstance(given, dict):
        others = schema.get("additionalProperties")
        for name, value in given.items():
            within = schema.get("properties", {}).get(name, others)
            yield from _mistaken(within, value, (*place, name), known) if isinstance(within, dict) else ()
    elif isinstance(given, list):
        for number, value in enumerate(given):
            yield from _mistaken(schema.get("items", {}), value, (*place, number), known)
    elif _converted(schema, given):
        yield {"type": "mistaken", "loc": place, "msg": _CONVERTED[schema["type"]][1]}


def _may_be(schema: Schema, given: Any) -> bool:
    """Whether one of several schemas is worth trying: null fits nothing but itself."""
    return (given is None) == (schema.get("type") == "null")


def _converted(schema: Schema, given: Any) -> bool:
    kinds, _ = _CONVERTED.get(schema.get("type", ""), ((), ""))
    return isinstance(given, kinds) and not (schema["type"] == "boolean" and isinstance(given, bool))
