"""The staff pages, all below /console: plain HTML with forms. Only passkeys need a script."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from api.console import forms, links, pages, password, record, sessions, sign_in
from api.console.ways import passkeys, provider, provider_link
from api.console.ways import routes as ways

router = APIRouter(prefix="/console", include_in_schema=False)


@router.get("")
async def start(request: Request) -> Response:
    """Redirect to the list of sessions."""
    return forms.redirect(request, forms.SESSIONS)


@router.get("/console.css")
async def style() -> Response:
    """Return the style sheet of the staff pages."""
    return FileResponse(pages.STYLE, media_type="text/css", headers={"X-Content-Type-Options": "nosniff"})


@router.get("/passkeys.js")
async def script() -> Response:
    """Return the script that asks the browser for a passkey."""
    return FileResponse(pages.SCRIPT, media_type="text/javascript", headers={"X-Content-Type-Options": "nosniff"})


_PARTS = (sign_in, links, sessions, password, record, passkeys, provider, provider_link, ways)
for each in _PARTS:
    router.include_router(each.router)
