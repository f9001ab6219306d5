"""Read the Accept and Accept-Language headers of a request (RFC 9110, section 12.4.2)."""

from __future__ import annotations

_JSON = ("application/json", "text/json")
_PAGE = ("text/html", "application/xhtml+xml")


def weighted(header: str) -> list[tuple[str, float]]:
    """Return the values of a header in order, each in lower case and with its quality from 0 to 1."""
    parts = [part.split(";") for part in header.split(",")]
    return [(name.strip().lower(), _quality(parameters)) for name, *parameters in parts if name.strip()]


def wants_json(header: str) -> bool:
    """Return whether an Accept header lists JSON and prefers it to an HTML page."""
    values = weighted(header)
    pages = max((quality for name, quality in values if name in _PAGE), default=0.0)
    json = max((quality for name, quality in values if name in _JSON or name.endswith("+json")), default=0.0)
    return json > pages


def _quality(parameters: list[str]) -> float:
    """Return the quality ("q=0.8") of a header value, which is 1 if not stated."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                quality = float(value)
            except ValueError:
                return 0.0
            return quality if 0 <= quality <= 1 else 0.0
    return 1.0
