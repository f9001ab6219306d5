"""What all staff pages share: language and direction, security headers, and templates."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.clock import MOROCCO
from api.i18n import Voice, language_of_tag, voice_of
from api.settings import root
from api.staff.ways.offered import Ways
from api.web.context import context_of
from api.web.credentials import is_plain

LANGUAGES = {"ar": "العربية", "fr": "Français"}
_USUAL, _OTHERS = "ar", "fr"  # if the browser names no language; if it names others only
TEMPLATES = Path(__file__).parent / "templates"
STYLE, SCRIPT = TEMPLATES / "console.css", TEMPLATES / "passkeys.js"
_SCRIPTED = {"sign_in.html", "confirm.html", "ways.html"}  # pages that can ask for a passkey
_SCRIPT_POLICY = "script-src 'self'; connect-src 'self'; "
_POLICY = "Content-Security-Policy"
# No scripts, except on those pages, and no pictures or frames. No referrer for other hosts either; with `no-referrer`,
# browsers would send our own forms with `Origin: null` (Fetch, section 3.2), as if they came from elsewhere.
_HEADERS = {
    _POLICY: "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
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
    """Return the texts of the staff pages in a language. They are separate from the messages to residents."""
    return voice_of(root() / "locales" / language / "LC_MESSAGES" / "console.po")


def language_of(request: Request, own: str = "") -> str:
    """Return the language of a page: the one in `?lang=`, or else `own`, or else the one that the browser prefers."""
    chosen = request.query_params.get("lang", "") or own
    if chosen in LANGUAGES:
        return chosen
    header = request.headers.get("Accept-Language", "")
    tags = [language_of_tag(each.partition(";")[0]) for each in header.split(",")]
    return next((each for each in tags if each in LANGUAGES), _OTHERS if header.strip() else _USUAL)


def moment(at: datetime) -> str:
    """Return a time as pages show it, in Morocco."""
    return f"{at.astimezone(MOROCCO):%d/%m/%Y %H:%M}"


def ways_of(request: Request) -> Ways:
    """Return the ways to sign in beside the password that are switched on."""
    ways: Ways = request.app.state.ways
    return ways


def headers(request: Request, *, script: bool = False) -> dict[str, str]:
    """Return the security headers of a page, with or without our script."""
    found = dict(_HEADERS)
    if script:
        found[_POLICY] = _SCRIPT_POLICY + found[_POLICY]
    if not is_plain(context_of(request).public_url):
        found["Strict-Transport-Security"] = _TLS_ONLY
    return found


def query(request: Request, **changed: str | None) -> str:
    """Return the query of this page with some parameters changed; None removes one."""
    given = {**dict(request.query_params), **changed}
    return urlencode({name: value for name, value in given.items() if value is not None})


def render(request: Request, template: str, status: int = 200, own: str = "", **values: object) -> HTMLResponse:
    """Return a page in the language that `language_of` returns. All values are HTML-escaped."""
    language = language_of(request, own)
    ways = ways_of(request)
    script = template in _SCRIPTED and ways.passkeys is not None
    words = {
        "script": script,
        "provider": ways.provider.label if ways.provider is not None else "",
        "text": text_in(language),
        "language": language,
        "languages": {tag: (name, query(request, lang=tag)) for tag, name in LANGUAGES.items()},
        "path": request.url.path,
        "menu": (),
        "direction": "rtl" if language == "ar" else "ltr",
    }
    page = _templates().get_template(template).render({**words, **values})
    return HTMLResponse(page, status, headers=headers(request, script=script))
