"""What every page for staff has: a language and its direction, headers that let nothing in, and its templates."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.i18n import Voice, language_of_tag, voice_of
from api.settings import root
from api.web.context import context_of
from api.web.credentials import is_plain

LANGUAGES = {"ar": "العربية", "fr": "Français"}
_USUAL, _OTHERS = "ar", "fr"  # where no language is asked for; where none of these is
TEMPLATES = Path(__file__).parent / "templates"
STYLE = TEMPLATES / "console.css"
# No script, no picture, no frame around it, and no address told to others: a link for one use may be one.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_TLS_ONLY = "max-age=31536000"


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def text_in(language: str) -> Voice:
    """What the pages say in a language: a catalog of their own, apart from what residents read."""
    return voice_of(root() / "locales" / language / "LC_MESSAGES" / "console.po")


def language_of(request: Request, own: str = "") -> str:
    """The language of a page: as `?lang=` says, its reader's `own`, or the first of ours that the browser names."""
    wanted = request.query_params.get("lang", "") or own
    if wanted in LANGUAGES:
        return wanted
    header = request.headers.get("Accept-Language", "")
    tags = [language_of_tag(each.partition(";")[0]) for each in header.split(",")]
    return next((each for each in tags if each in LANGUAGES), _OTHERS if header.strip() else _USUAL)


def headers(request: Request) -> dict[str, str]:
    """The headers of a page."""
    tls = {} if is_plain(context_of(request).public_url) else {"Strict-Transport-Security": _TLS_ONLY}
    return {**_HEADERS, **tls}


def render(request: Request, template: str, status: int = 200, own: str = "", **given: object) -> HTMLResponse:
    """A page, in its reader's `own` language unless the address names one. Everything given is escaped."""
    language = language_of(request, own)
    words = {
        "text": text_in(language),
        "language": language,
        "languages": LANGUAGES,
        "direction": "rtl" if language == "ar" else "ltr",
    }
    page = _templates().get_template(template).render(**words, **given)
    return HTMLResponse(page, status, headers=headers(request))
