"""Following a campaign over the JSON API: its progress, each of its recipients, and tests of its text."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Response
from fastapi.responses import StreamingResponse
from sse_starlette import EventSourceResponse

from api.campaigns import events, progress, recipients, testing
from api.campaigns.kit import Kit
from api.campaigns.recipients import Recipient, State, Wanted
from api.campaigns.testing import TestIn, TestOut
from api.clock import Clock
from api.crypto import Keyring
from api.db import Database
from api.web import spreadsheet


def router(db: Database, kit: Kit, keyring: Keyring, clock: Clock) -> APIRouter:
    """The routes below /campaigns/NUMBER that show what happens. They go before those that take any step's name."""
    routes = APIRouter(prefix="/campaigns/{campaign_id}", tags=["campaigns"])
    _progress(routes, db, kit)
    _recipients(routes, db, keyring)

    @routes.post("/test", status_code=202)
    async def test(campaign_id: int, given: TestIn) -> list[TestOut]:
        """Send its text to a phone of the staff, marked as a test."""
        async with db.transaction() as session:
            return await testing.send_test(session, campaign_id, given, kit=kit, keyring=keyring, now=clock())

    return routes


def _progress(routes: APIRouter, db: Database, kit: Kit) -> None:
    @routes.get("/progress", response_class=EventSourceResponse)
    async def followed(campaign_id: int, last_event_id: Annotated[str | None, Header()] = None) -> Response:
        """Its report as server-sent events: now, then at each change, until it is over.

        Who has seen the last one (`Last-Event-ID`) is answered 204: by that an EventSource ceases to ask again.
        """
        first = await progress.look(db, campaign_id, prices=kit.rules.prices)
        if progress.is_over(first) and progress.name_of(first) == last_event_id:
            return Response(status_code=204)
        reports = progress.changes(db, campaign_id, prices=kit.rules.prices, first=first)
        return EventSourceResponse(events.events(reports, seen=last_event_id), ping=progress.PING)


def _wanted(state: State | None = None, reason: str | None = None, channel: str | None = None) -> Wanted:
    return Wanted(state, reason, channel)


_Filter = Annotated[Wanted, Depends(_wanted)]


def _recipients(routes: APIRouter, db: Database, keyring: Keyring) -> None:
    @routes.get("/recipients")
    async def page(
        campaign_id: int,
        wanted: _Filter,
        after: Annotated[int, Query(ge=0, description="resident number of the last one seen")] = 0,
        limit: Annotated[int, Query(ge=1, le=recipients.CHUNK)] = 100,
    ) -> list[Recipient]:
        """What became of it for each resident, in the order of their numbers."""
        async with db.transaction() as session:
            return await recipients.page(session, campaign_id, wanted, keyring=keyring, after=after, limit=limit)

    @routes.get("/recipients.csv", response_class=StreamingResponse)
    async def export(campaign_id: int, wanted: _Filter) -> StreamingResponse:
        """All of them, for a spreadsheet."""
        parts = await recipients.begun(recipients.chunks(db, campaign_id, wanted, keyring=keyring))
        return StreamingResponse(recipients.as_csv(parts), **spreadsheet(f"campaign-{campaign_id}"))
