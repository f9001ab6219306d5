"""The common parts of all public pages: language, text direction, security headers, and templates."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.i18n import Catalogs, Voice, language_of_tag
from api.public.accept import weighted

LANGUAGES = {"ar": "العربية", "fr": "Français", "zgh": "ⵜⴰⵎⴰⵣⵉⵖⵜ", "zgh-Latn": "Tamazight"}  # names by tag
_DEFAULT = "ar"  # if the header names no language: the first official language
_FALLBACK = "fr"  # if the header names only other languages
STYLE = Path(__file__).parent / "templates" / "public.css"
# Allow only our own style sheet and forms: no scripts, pictures or frames, and no referrer for other sites.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def preferred(header: str) -> str:
    """Choose the language of the pages by an Accept-Language header (RFC 9110, section 12.5.4).

    It is the first language in the header that the pages have. If the header names no language, it is Arabic. If it
    names only other languages, it is French.
    """
    tags = [tag for tag, quality in weighted(header) if quality and tag != "*"]
    supported = next((language for tag in tags if (language := language_of_tag(tag))), None)
    # French: most people in Morocco whose browser is set to English or Spanish read it
    return supported or (_FALLBACK if tags else _DEFAULT)


class Pages:
    """Renders public pages in the language that the request names, or else in the one that the browser prefers."""

    def __init__(self, catalogs: Catalogs) -> None:
        """Prepare the pages. `catalogs` contains the texts of the pages and of the messages to residents."""
        self._catalogs = catalogs

    def voice(self, request: Request) -> Voice:
        """Return the renderer of texts (`Voice`) for `?lang=`, or else for the language that the browser prefers."""
        tag = request.query_params.get("lang", "")
        if tag not in LANGUAGES:
            tag = preferred(request.headers.get("Accept-Language", ""))
        return self._catalogs.voice(tag.partition("-")[0], latin=tag.endswith("-Latn"))

    def render(self, template: str, voice: Voice, **variables: object) -> HTMLResponse:
        """Return a template as a page in the language of `voice`. Every variable is HTML-escaped."""
        tag = f"{voice.language}-Latn" if voice.latin else voice.language
        words: dict[str, object] = {"language": tag, "languages": LANGUAGES}
        words["direction"] = "rtl" if tag == "ar" else "ltr"  # by language, not by the first letter of a line
        words["site"] = {
            "home": voice("page.home"),
            "languages": voice("page.languages"),
            "check": voice("page.check"),
            "notice": voice("page.notice"),
            "record": voice("page.record"),
        }
        text = _templates().get_template(template).render(**words, **variables)
        return HTMLResponse(text, headers=HEADERS)
