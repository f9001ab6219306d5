"""The public pages: home, check a receipt, and read the list that was published at closing."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, PlainTextResponse
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations import service as consultations
from api.consultations.models import Consultation
from api.consultations.receipts import lookup, verification
from api.consultations.receipts.description import told
from api.errors import NotFound
from api.public import docs, home
from api.public.listing import Shown, page
from api.public.lists import Lists
from api.public.pages import HEADERS, STYLE, Pages
from api.web.deps import AppContext, CatalogsDep, Db, Now, context_of

router = APIRouter(include_in_schema=False)  # of pages that need no sign-in
router.include_router(docs.router)


async def _pages(catalogs: CatalogsDep) -> Pages:
    return Pages(catalogs)


async def _lists(request: Request) -> Lists:
    found: Lists = request.app.state.lists
    return found


async def _context(request: Request) -> AppContext:
    return context_of(request)


PagesDep = Annotated[Pages, Depends(_pages)]
ListsDep = Annotated[Lists, Depends(_lists)]
ContextDep = Annotated[AppContext, Depends(_context)]


@router.get("/")
async def start(request: Request, context: ContextDep, pages: PagesDep) -> HTMLResponse:
    """Who asks, what is open, how to take part, and the lists of closed consultations."""
    voice = pages.voice(request)
    async with context.db.viewing() as session:
        found = await home.read(session, context)
    return pages.render("home.html", voice, **home.words(found, voice, context))


@router.get("/privacy")
async def notice(request: Request, pages: PagesDep) -> HTMLResponse:
    """What is kept of people, and who can see what they answer: no more than docs/threats.md holds."""
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
    """A field for a receipt, and below it what the receipt stands for. The address holds it: it names nobody."""
    voice = pages.voice(request)
    lines: list[str] = []
    if receipt:
        async with db.viewing() as session:
            found = await lookup.check(session, receipt)
            lines = (told(found, voice, whole=True) if found is not None else voice("receipt.unknown")).splitlines()
    labels = {"title": voice("page.check"), "field": voice("page.receipt")}
    return pages.render("check.html", voice, receipt=receipt[:20], lines=lines, **labels)


@router.get("/consultations/{code}/receipts")
async def read(request: Request, code: str, db: Db, pages: PagesDep, lists: ListsDep, now: Now) -> HTMLResponse:
    """The list of a closed consultation, with its hash, what its signs mean, and how to check it."""
    voice = pages.voice(request)
    async with verification.noting(db, now), db.viewing() as session:
        consultation = await _opened(session, code)
        try:
            published = await lists.get(session, consultation)
        except NotFound:
            found: Shown | None = None
        else:
            found = published, await lists.counts(session, consultation, published[0].digest)
    return page(pages, voice, consultation, found)  # a list is long: the database need not wait for its page


@router.get("/consultations/{code}/receipts.txt")
async def file(code: str, db: Db, lists: ListsDep, now: Now) -> PlainTextResponse:
    """The very bytes that were hashed."""
    async with verification.noting(db, now), db.viewing() as session:
        _, text = await lists.get(session, await _opened(session, code))
    return PlainTextResponse(text, headers=HEADERS)


@router.get("/public.css")
async def style() -> Response:
    """The style sheet of these pages."""
    return FileResponse(STYLE, media_type="text/css", headers={"X-Content-Type-Options": "nosniff"})


async def _opened(session: AsyncSession, code: str) -> Consultation:
    """A consultation that was opened. Raises NotFound of a draft too: nobody is to know of it yet."""
    found = await consultations.get(session, code)
    if found.state == consultations.DRAFT:
        raise NotFound(f"there is no consultation {code}")
    return found
