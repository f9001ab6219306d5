"""Routes of the public pages: home, privacy, the check of a receipt, and the lists published at closing."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, PlainTextResponse
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations import service as consultations
from api.consultations.models import Consultation, ConsultationState
from api.consultations.receipts import lookup, verification
from api.consultations.receipts.description import describe
from api.errors import NotFound
from api.public import docs, home, record
from api.public.listing import CountedList, page
from api.public.lists import Lists
from api.public.pages import HEADERS, STYLE, Pages
from api.web.deps import AppContext, CatalogsDep, Db, Now, context_of

router = APIRouter(include_in_schema=False)  # pages without sign-in
router.include_router(docs.router)
router.include_router(record.router)


async def _pages(catalogs: CatalogsDep) -> Pages:
    return Pages(catalogs)


async def _lists(request: Request) -> Lists:
    lists: Lists = request.app.state.lists
    return lists


async def _context(request: Request) -> AppContext:
    return context_of(request)


PagesDep = Annotated[Pages, Depends(_pages)]
ListsDep = Annotated[Lists, Depends(_lists)]
ContextDep = Annotated[AppContext, Depends(_context)]


@router.get("/")
async def start(request: Request, context: ContextDep, pages: PagesDep) -> HTMLResponse:
    """Show the home page: who asks, what is open, how to take part, and the lists of closed consultations."""
    voice = pages.voice(request)
    async with context.db.viewing() as session:
        listed = await home.read(session, context)
    return pages.render("home.html", voice, **home.words(listed, voice, context))


@router.get("/privacy")
async def notice(request: Request, pages: PagesDep) -> HTMLResponse:
    """Show what is stored about people and who can see their answers. It promises no more than docs/threats.md."""
    voice = pages.voice(request)
    lines = [
        voice("notice.number"),
        voice("notice.ballot"),
        voice("notice.part"),
        voice("notice.carriers"),
        voice("notice.receipt"),
        voice("notice.data"),
    ]
    return pages.render("notice.html", voice, title=voice("page.notice"), lines=lines)


@router.get("/receipts")
async def check(request: Request, db: Db, pages: PagesDep, receipt: str = "") -> HTMLResponse:
    """Show a form for a receipt, and below it whether the receipt that was entered counts.

    The URL contains the receipt, which does not identify anyone.
    """
    voice = pages.voice(request)
    lines: list[str] = []
    if receipt:
        async with db.viewing() as session:
            checked = await lookup.check(session, receipt)
            lines = (
                describe(checked, voice, whole=True) if checked is not None else voice("receipt.unknown")
            ).splitlines()
    labels = {"title": voice("page.check"), "field": voice("page.receipt")}
    return pages.render("check.html", voice, receipt=receipt[:20], lines=lines, **labels)


@router.get("/consultations/{code}/receipts")
async def read(request: Request, code: str, db: Db, pages: PagesDep, lists: ListsDep, now: Now) -> HTMLResponse:
    """Show the list of a closed consultation: its hash, what the signs in it mean, and how to verify it."""
    voice = pages.voice(request)
    async with verification.recording_altered(db, now), db.viewing() as session:
        consultation = await _opened(session, code)
        try:
            published = await lists.get(session, consultation)
        except NotFound:
            listed: CountedList | None = None
        else:
            counts = await lists.counts(session, consultation, published.publication.digest)
            listed = CountedList(published, counts)
    return page(pages, voice, consultation, listed)  # rendering a long list needs no database connection


@router.get("/consultations/{code}/receipts.txt")
async def file(code: str, db: Db, lists: ListsDep, now: Now) -> PlainTextResponse:
    """Return the text of a list, exactly the bytes that were hashed."""
    async with verification.recording_altered(db, now), db.viewing() as session:
        published = await lists.get(session, await _opened(session, code))
    return PlainTextResponse(published.text, headers=HEADERS)


@router.get("/public.css")
async def style() -> Response:
    """Serve the style sheet of the public pages."""
    return FileResponse(STYLE, media_type="text/css", headers={"X-Content-Type-Options": "nosniff"})


async def _opened(session: AsyncSession, code: str) -> Consultation:
    """Return the consultation with this code, unless it is a draft. Raises NotFound."""
    consultation = await consultations.get(session, code)
    if consultation.state == ConsultationState.DRAFT:
        raise NotFound(f"there is no consultation {code}")
    return consultation
