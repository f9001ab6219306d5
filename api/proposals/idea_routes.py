"""Ideas over the JSON API: staff read and moderate them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.clock import Clock
from api.db import Database
from api.proposals import finding, moderation, pages, reasons
from api.proposals.kit import Kit
from api.proposals.routes import Filter, Limit
from api.proposals.schemas import By, Decline, IdeaOut, IdeaPage, Merge, Publish

Before = Annotated[int | None, Query(ge=1, lt=2**31)]


def router(db: Database, kit: Kit, clock: Clock) -> APIRouter:
    """The routes below /ideas."""
    routes = APIRouter(prefix="/ideas", tags=["ideas"])
    _read(routes, db, kit)
    _moderate(routes, db, kit, clock)
    return routes


def _read(routes: APIRouter, db: Database, kit: Kit) -> None:
    @routes.get("")
    async def every(
        state: Filter = None,
        theme: Filter = None,
        province: Filter = None,
        flagged: bool = False,
        before: Before = None,
        limit: Limit = 100,
    ) -> list[IdeaOut]:
        """Ideas, the newest first; `before` is the last number seen, to go on from."""
        async with db.transaction() as session:
            found = await finding.listed(
                session, state=state, theme=theme, province=province, flagged=flagged, before=before, limit=limit
            )
            return [pages.idea_out(each) for each in found]

    @routes.get("/reasons")
    async def usual_reasons() -> dict[str, dict[str, str]]:
        """The usual reasons for declining, by name, as authors would read them."""
        return {name: reasons.words_of(kit.catalogs, name) for name in reasons.REASONS}

    @routes.get("/{number}")
    async def one(number: int) -> IdeaPage:
        """One idea with its chain, its history, and those that resemble it."""
        async with db.transaction() as session:
            return await pages.idea_page(session, await finding.get(session, number))


def _moderate(routes: APIRouter, db: Database, kit: Kit, clock: Clock) -> None:
    @routes.post("/{number}/read")
    async def read(number: int, given: By) -> IdeaOut:
        """Say that it was read; its authors are told."""
        async with db.transaction() as session:
            return pages.idea_out(await moderation.read(session, number, who=given.who, kit=kit, now=clock()))

    @routes.post("/{number}/publish")
    async def publish(number: int, given: Publish) -> IdeaOut:
        """Let everybody read it, without what is personal."""
        async with db.transaction() as session:
            return pages.idea_out(
                await moderation.publish(session, number, text=given.text, who=given.who, now=clock())
            )

    @routes.post("/{number}/merge")
    async def merge(number: int, given: Merge) -> IdeaOut:
        """Merge it into another one, which is returned: its authors become authors of that one too."""
        async with db.transaction() as session:
            return pages.idea_out(
                await moderation.merge(session, number, into=given.into, who=given.who, kit=kit, now=clock())
            )

    @routes.post("/{number}/decline")
    async def decline(number: int, given: Decline) -> IdeaOut:
        """Decline it, for a reason in words."""
        async with db.transaction() as session:
            words = given.words.model_dump() if given.words else reasons.words_of(kit.catalogs, given.reason or "")
            return pages.idea_out(
                await moderation.decline(session, number, reason=words, who=given.who, kit=kit, now=clock())
            )
