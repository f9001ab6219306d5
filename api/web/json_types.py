"""Refuse JSON values of the wrong type that pydantic would convert: `true` or "3" for a number, 0 for a date.

The pydantic models still accept such values, because files and the command line have only text. JSON has types of its
own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from fastapi import Request

Schema = dict[str, Any]
_CONVERTED: dict[str, tuple[tuple[type, ...], str]] = {  # by schema type: the Python types that pydantic would convert
    "integer": ((bool, str), "Input should be a valid integer"),
    "number": ((bool, str), "Input should be a valid number"),
    "boolean": ((int, float, str), "Input should be a valid boolean"),
    "string": ((bool, int, float), "Input should be a valid string"),
}


async def read(request: Request) -> Any:
    """Return the parsed body of a request; None if it is not JSON, which FastAPI refuses later."""
    if "json" not in request.headers.get("Content-Type", ""):
        return None
    try:
        return json.loads(await request.body())
    except (ValueError, RecursionError):
        return None


def type_errors(schema: Schema, body: Any) -> Iterator[dict[str, Any]]:
    """Yield a pydantic-style error for each value of a body whose JSON type differs from the schema."""
    yield from _type_errors(schema, body, ("body",), schema.get("$defs", {}))


def _type_errors(schema: Schema, value: Any, place: tuple[str | int, ...], known: Schema) -> Iterator[dict[str, Any]]:
    if "$ref" in schema:
        schema = known[schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        tried = [[*_type_errors(each, value, place, known)] for each in schema["anyOf"] if _may_be(each, value)]
        yield from min(tried, key=len, default=[])
    elif isinstance(value, dict):
        others = schema.get("additionalProperties")
        for name, item in value.items():
            within = schema.get("properties", {}).get(name, others)
            yield from _type_errors(within, item, (*place, name), known) if isinstance(within, dict) else ()
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _type_errors(schema.get("items", {}), item, (*place, number), known)
    elif _converted(schema, value):
        yield {"type": "mistaken", "loc": place, "msg": _CONVERTED[schema["type"]][1]}


def _may_be(schema: Schema, value: Any) -> bool:
    """Return whether a value can match this schema of an `anyOf`: only a null schema matches null."""
    return (value is None) == (schema.get("type") == "null")


def _converted(schema: Schema, value: Any) -> bool:
    """Return whether pydantic would convert a value of the wrong JSON type."""
    kinds, _ = _CONVERTED.get(schema.get("type", ""), ((), ""))
    return isinstance(value, kinds) and not (schema["type"] == "boolean" and isinstance(value, bool))
