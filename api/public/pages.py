"""What every public page has: a language, a direction, headers that let nothing in but itself, and its templates."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.i18n import Catalogs, Voice, language_of_tag
from api.public.accept import weighted

LANGUAGES = {"ar": "العربية", "fr": "Français", "zgh": "ⵜⴰⵎⴰⵣⵉⵖⵜ", "zgh-Latn": "Tamazight"}  # tags, and their own names
_USUAL = "ar"  # where nothing is asked for: the first official language
_OTHERS = "fr"  # where only languages are asked for that are not ours
STYLE = Path(__file__).parent / "templates" / "public.css"
# Nothing but our own style sheet and forms: no script, no picture, no frame around it, and no address told to others.
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
    """The language for an Accept-Language header (RFC 9110, section 12.5.4): the first of ours, as browsers list them.

    French if it names only other languages. A browser set to English or Spanish belongs to someone who reads Latin
    letters, and in Morocco French is what most of them read too; each page links to the others. Arabic if the header
    names no language at all.
    """
    tags = [tag for tag, quality in weighted(header) if quality and tag != "*"]
    ours = next((language for tag in tags if (language := language_of_tag(tag))), None)
    return ours or (_OTHERS if tags else _USUAL)


class Pages:
    """Renders pages in the language that is asked for, or that the browser prefers."""

    def __init__(self, catalogs: Catalogs) -> None:
        """`catalogs` speak the pages as they do messages."""
        self._catalogs = catalogs

    def voice(self, request: Request) -> Voice:
        """How to speak on this page: as `?lang=` says, or as the browser prefers among our languages."""
        wanted = request.query_params.get("lang", "")
        if wanted not in LANGUAGES:
            wanted = preferred(request.headers.get("Accept-Language", ""))
        return self._catalogs.voice(wanted.partition("-")[0], latin=wanted.endswith("-Latn"))

    def render(self, template: str, voice: Voice, **given: object) -> HTMLResponse:
        """A page. Everything given is escaped."""
        tag = f"{voice.language}-Latn" if voice.latin else voice.language
        words: dict[str, object] = {"language": tag, "languages": LANGUAGES}
        words["direction"] = "rtl" if tag == "ar" else "ltr"  # of the language: what a line begins with says nothing
        words["site"] = {
            "home": voice("page.home"),
            "languages": voice("page.languages"),
            "check": voice("page.check"),
            "notice": voice("page.notice"),
        }
        text = _templates().get_template(template).render(**words, **given)
        return HTMLResponse(text, headers=HEADERS)
