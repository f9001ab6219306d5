"""Explain pydantic's validation errors in plain words (pure functions)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from api.errors import Invalid

# Plain words by pydantic's error type; below, by the pattern that a value does not match.
_PLAIN = {
    "missing": "a value is required",
    "extra_forbidden": "this field does not exist",
    "json_invalid": "the value is not valid JSON",
    "int_type": "the value must be a whole number",
    "int_parsing": "the value must be a whole number",
    "int_from_float": "the value must be a whole number",
    "float_type": "the value must be a number",
    "float_parsing": "the value must be a number",
    "string_type": "the value must be text",
    "bool_type": "the value must be true or false",
    "bool_parsing": "the value must be true or false",
    "list_type": "the value must be a list",
    "dict_type": "the value must be an object with named fields",
    "model_type": "the value must be an object with named fields",
    "model_attributes_type": "the value must be an object with named fields",
}
_FORMS = {
    r"^[a-z][a-z0-9-]{1,23}$": "2 to 24 lower-case letters, digits and hyphens, starting with a letter",
    r"^\d{4}-(0[1-9]|1[0-2])$": "a month such as 2026-12",
    r"^[A-Z]{3}$": "a currency code of three capital letters, such as MAD",
    r"^(\+\d*)?$": "the first digits of phone numbers, such as +212",
}


def sentence(error: Mapping[str, Any]) -> str:
    """Return a sentence that says what is wrong with one field."""
    kind = error["type"]
    if kind == "string_pattern_mismatch" and (form := _FORMS.get(error.get("ctx", {}).get("pattern", ""))):
        return f"the value must be {form}"
    return _PLAIN.get(kind) or _measured(kind, error.get("ctx", {})) or str(error["msg"]).removeprefix("Value error, ")


def faults(error: ValidationError) -> str:
    """Return all errors on one line, each with its field: "question 2, option 1, fr: it is missing"."""
    listed = ((_place(each["loc"]), sentence(each)) for each in error.errors())
    return "; ".join(f"{place}: {words}" if place else words for place, words in listed)


def invalid(error: ValidationError, names: Mapping[str, str] | None = None) -> Invalid:
    """Convert pydantic's errors to the domain error `Invalid`.

    If the author of the value knows a field by another name, `names` maps the field to that name.
    """
    called = names or {}
    located = [(".".join(called.get(str(part), str(part)) for part in each["loc"]), each) for each in error.errors()]
    return Invalid(faults(error), faults=[(field, sentence(each)) for field, each in located])


def _measured(kind: str, limits: Mapping[str, Any]) -> str:
    """Return a sentence about a wrong choice or a wrong length; "" for other errors."""
    if kind == "literal_error":
        return f"the value must be one of {str(limits['expected']).replace(' or ', ', ').replace(chr(39), '')}"
    if kind == "string_too_short":
        return (
            "the value is empty"
            if limits["min_length"] == 1
            else f"the value must have at least {limits['min_length']} characters"
        )
    if kind == "string_too_long":
        return f"the value must have at most {limits['max_length']} characters"
    return ""


def _place(loc: Sequence[str | int]) -> str:
    """Return the place of an error in words, such as "option 1" for the first item of "options"."""
    words: list[str] = []
    for part in loc:
        if isinstance(part, int) and words:
            words[-1] = f"{words[-1].removesuffix('s')} {part + 1}"
        else:
            words.append(str(part))
    return ", ".join(words)
