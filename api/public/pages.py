"""What all public pages share: language, direction, restrictive headers, and templates."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.i18n import Catalogs, Voice, language_of_tag
from api.public.accept import weighted

LANGUAGES = {"ar": "العربية", "fr": "Français", "zgh": "ⵜⴰⵎⴰⵣⵉⵖⵜ", "zgh-Latn": "Tamazight"}  # tags with their own names
_DEFAULT = "ar"  # if the header names no language: the first official one
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
    """Choose the language for an Accept-Language header (RFC 9110, section 12.5.4): the first of ours that it lists.

    French if it names only other languages: a browser set to English or Spanish belongs to somebody who reads Latin
    letters, and in Morocco most of them read French; each page links to the others. Arabic if the header names no
    language.
    """
    tags = [tag for tag, quality in weighted(header) if quality and tag != "*"]
    supported = next((language for tag in tags if (language := language_of_tag(tag))), None)
    return supported or (_FALLBACK if tags else _DEFAULT)


class Pages:
    """Renders pages in the requested language, or the one that the browser prefers."""

    def __init__(self, catalogs: Catalogs) -> None:
        """`catalogs` contain the texts of the pages, as of messages."""
        self._catalogs = catalogs

    def voice(self, request: Request) -> Voice:
        """Choose the language and script: from `?lang=`, or the browser's preference."""
        tag = request.query_params.get("lang", "")
        if tag not in LANGUAGES:
            tag = preferred(request.headers.get("Accept-Language", ""))
        return self._catalogs.voice(tag.partition("-")[0], latin=tag.endswith("-Latn"))

    def render(self, template: str, voice: Voice, **variables: object) -> HTMLResponse:
        """Render a template; every variable is escaped."""
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
