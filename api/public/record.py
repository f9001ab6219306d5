"""The public page about the record of staff acts. Its signed checkpoints make secret changes detectable."""

from __future__ import annotations

import json

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse

from api.audit import checkpoints, statement
from api.errors import NotFound
from api.public.pages import HEADERS, Pages
from api.web.deps import CatalogsDep, Db, KeyringDep

router = APIRouter(include_in_schema=False)

_SHOWN = 48  # checkpoints: two days, if something happens each hour


@router.get("/record")
async def read(request: Request, db: Db, catalogs: CatalogsDep, keyring: KeyringDep) -> HTMLResponse:
    """Show the newest checkpoints, what they prove, and the public key."""
    pages = Pages(catalogs)
    voice = pages.voice(request)
    async with db.viewing() as session:
        newest = await checkpoints.latest(session, _SHOWN)
    return pages.render(
        "record.html",
        voice,
        title=voice("page.record"),
        meaning=voice("record.meaning"),
        keep=voice("record.keep"),
        none=voice("record.none"),
        key=statement.public_key(keyring.signing_key(statement.PURPOSE)),
        newest=json.dumps(newest[0].model_dump(), indent=1) if newest else "",
        lines=[f"{each.time} {each.seq} {each.head}" for each in newest],
    )


@router.get("/record.json")
async def newest(db: Db) -> JSONResponse:
    """Return the newest checkpoint, in the form that `sawt audit verify` reads."""
    async with db.viewing() as session:
        found = await checkpoints.latest(session, 1)
    if not found:
        raise NotFound("there is no checkpoint yet")
    return JSONResponse(found[0].model_dump(), headers=HEADERS)
