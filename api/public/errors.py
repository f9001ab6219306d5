"""Show errors as web pages in the reader's language. Programs get JSON instead."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import Request, Response

from api.i18n import Catalogs, Voice
from api.public.accept import wants_json
from api.public.pages import Pages
from api.web import tracing

_FOR_PROGRAMS = {
    "v1",
    "openapi.json",
    "health",
    "livez",
    "readyz",
    "record.json",
}  # first segments of paths that only programs use


class ErrorPages:
    """Renders HTML pages for errors, as `api.web.http.ErrorPage` requires."""

    def __init__(self, catalogs: Catalogs, channels: Iterable[str]) -> None:
        """Prepare the error pages. `channels` are the names of the channels.

        Paths below a channel's name are webhooks, so errors there are read only by the provider's programs.
        """
        self._pages = Pages(catalogs)
        self._for_programs = _FOR_PROGRAMS.union(channels)

    def __call__(self, request: Request, status: int) -> Response | None:
        """Return the error page. Return None if the request prefers JSON, or if only programs use its path."""
        if wants_json(request.headers.get("Accept", "")) or _first_segment(request.url.path) in self._for_programs:
            return None
        voice = self._pages.voice(request)
        number = tracing.request_id(request.scope) if status >= 500 else ""  # readers can quote it to staff
        page = self._pages.render("error.html", voice, title=_title(voice, status), number=number)
        page.status_code = status
        return page


def _first_segment(path: str) -> str:
    return path.lstrip("/").partition("/")[0]


def _title(voice: Voice, status: int) -> str:
    if status == 404:
        return voice("page.missing")
    if status == 503:
        return voice("page.away")
    return voice("page.refused") if status < 500 else voice("page.broken")
