"""The pages for staff, all below /console; each is plain HTML with forms, without a script."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from api.console import forms, links, pages, password, sessions, sign_in

router = APIRouter(prefix="/console", include_in_schema=False)


@router.get("")
async def start(request: Request) -> Response:
    """Where staff begin."""
    return forms.to(request, forms.SESSIONS)


@router.get("/console.css")
async def style() -> Response:
    """The style sheet of these pages."""
    return FileResponse(pages.STYLE, media_type="text/css", headers={"X-Content-Type-Options": "nosniff"})


for each in (sign_in.router, links.router, sessions.router, password.router):
    router.include_router(each)
