"""Reads what a request accepts: its Accept and Accept-Language headers (RFC 9110, section 12.4.2)."""

from __future__ import annotations

_JSON = ("application/json", "text/json")
_PAGE = ("text/html", "application/xhtml+xml")


def weighted(header: str) -> list[tuple[str, float]]:
    """The values of a header in lower case with their quality (0 to 1), in the order given."""
    parts = [part.split(";") for part in header.split(",")]
    return [(name.strip().lower(), _quality(rest)) for name, *rest in parts if name.strip()]


def wants_json(header: str) -> bool:
    """Whether an Accept header asks for JSON by name, and for no page at least as much."""
    named = weighted(header)
    pages = max((quality for name, quality in named if name in _PAGE), default=0.0)
    json = max((quality for name, quality in named if name in _JSON or name.endswith("+json")), default=0.0)
    return json > pages


def _quality(parameters: list[str]) -> float:
    """The weight among the parameters of a value; 1 if there is none, 0 if it is no number from 0 to 1."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                quality = float(value)
            except ValueError:
                return 0.0
            return quality if 0 <= quality <= 1 else 0.0
    return 1.0
