"""What pydantic finds wrong in what was given, in words of those who gave it; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from api.errors import Invalid

# What pydantic says in words of programmers, by the kind of error, or by the pattern that does not match.
_PLAIN = {
    "missing": "it is missing",
    "extra_forbidden": "there is no such field here",
    "json_invalid": "it is no well-formed JSON",
    "int_type": "it must be a whole number",
    "int_parsing": "it must be a whole number",
    "int_from_float": "it must be a whole number",
    "float_type": "it must be a number",
    "float_parsing": "it must be a number",
    "string_type": "it must be text",
    "bool_type": "it must be true or false",
    "bool_parsing": "it must be true or false",
    "list_type": "it must be a list",
    "dict_type": "it must have names and values",
    "model_type": "it must have names and values",
    "model_attributes_type": "it must have names and values",
}
_FORMS = {
    r"^[a-z][a-z0-9-]{1,23}$": "2 to 24 small letters, digits and hyphens, a letter first",
    r"^\d{4}-(0[1-9]|1[0-2])$": "a month as 2026-12",
    r"^[A-Z]{3}$": "a currency in three capital letters, as MAD",
    r"^(\+\d*)?$": "how numbers begin, as +212",
}


def sentence(error: Mapping[str, Any]) -> str:
    """What pydantic found wrong with one field, in plain words."""
    kind = error["type"]
    if kind == "string_pattern_mismatch" and (form := _FORMS.get(error.get("ctx", {}).get("pattern", ""))):
        return f"this must be {form}"
    return _PLAIN.get(kind) or _measured(kind, error.get("ctx", {})) or str(error["msg"]).removeprefix("Value error, ")


def faults(error: ValidationError) -> str:
    """What is not well formed, in one line: each field that is wrong, as "question 2, option 1, fr: it is missing"."""
    found = ((_place(each["loc"]), sentence(each)) for each in error.errors())
    return "; ".join(f"{place}: {words}" if place else words for place, words in found)


def invalid(error: ValidationError, names: Mapping[str, str] | None = None) -> Invalid:
    """What pydantic found wrong in a value that a rule of ours has checked by it.

    `names` say what a field is called by whoever gave it, where that is something else.
    """
    called = names or {}
    found = [(".".join(called.get(str(part), str(part)) for part in each["loc"]), each) for each in error.errors()]
    return Invalid(faults(error), faults=[(field, sentence(each)) for field, each in found])


def _measured(kind: str, limits: Mapping[str, Any]) -> str:
    """What is not among a few words, or too short or long; "" where that is not what is wrong."""
    if kind == "literal_error":
        return f"it must be one of {str(limits['expected']).replace(' or ', ', ').replace(chr(39), '')}"
    if kind == "string_too_short":
        return "it has no letters" if limits["min_length"] == 1 else f"it needs {limits['min_length']} letters or more"
    if kind == "string_too_long":
        return f"it has more than {limits['max_length']} letters"
    return ""


def _place(loc: Sequence[str | int]) -> str:
    """Where it is, for people: they count from 1, and call what stands in a list of options an option."""
    found: list[str] = []
    for part in loc:
        if isinstance(part, int) and found:
            found[-1] = f"{found[-1].removesuffix('s')} {part + 1}"
        else:
            found.append(str(part))
    return ", ".join(found)
