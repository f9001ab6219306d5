"""Errors as pages in the reader's language; who asks for JSON, or for an address of programs, gets JSON."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import Request, Response

from api.i18n import Catalogs, Voice
from api.public.accept import wants_json
from api.public.pages import Pages
from api.web import tracing

_MACHINES = {"v1", "openapi.json", "health", "livez", "readyz"}  # first parts of paths that only programs ask for


class ErrorPages:
    """Makes the page for an error (`api.web.http.ErrorPage`)."""

    def __init__(self, catalogs: Catalogs, channels: Iterable[str]) -> None:
        """`channels` by name: below it are webhooks, whose errors providers read."""
        self._pages = Pages(catalogs)
        self._machines = _MACHINES.union(channels)

    def __call__(self, request: Request, status: int) -> Response | None:
        """The page; None if JSON is asked for by name, or the address is one that only programs ask for."""
        if wants_json(request.headers.get("Accept", "")) or _first(request.url.path) in self._machines:
            return None
        voice = self._pages.voice(request)
        number = tracing.request_id(request.scope) if status >= 500 else ""  # for whoever asks staff about it
        page = self._pages.render("error.html", voice, title=_said(voice, status), number=number)
        page.status_code = status
        return page


def _first(path: str) -> str:
    return path.lstrip("/").partition("/")[0]


def _said(voice: Voice, status: int) -> str:
    if status == 404:
        return voice("page.missing")
    if status == 503:
        return voice("page.away")
    return voice("page.refused") if status < 500 else voice("page.broken")
