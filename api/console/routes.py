"""The staff pages, all below /console: plain HTML with forms, without scripts."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from api.console import forms, links, pages, password, record, sessions, sign_in

router = APIRouter(prefix="/console", include_in_schema=False)


@router.get("")
async def start(request: Request) -> Response:
    """Redirect to the list of sessions."""
    return forms.redirect(request, forms.SESSIONS)


@router.get("/console.css")
async def style() -> Response:
    """Return the style sheet of the staff pages."""
    return FileResponse(pages.STYLE, media_type="text/css", headers={"X-Content-Type-Options": "nosniff"})


for each in (sign_in.router, links.router, sessions.router, password.router, record.router):
    router.include_router(each)
