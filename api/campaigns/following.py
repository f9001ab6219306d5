"""Following a campaign over the JSON API: its progress, each of its recipients, and tests of its text."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, Response
from fastapi.responses import StreamingResponse
from sse_starlette import EventSourceResponse

from api.campaigns import events, progress, recipients, testing
from api.campaigns.deps import CampaignKit
from api.campaigns.recipient import Recipient, State
from api.campaigns.recipients import Wanted
from api.campaigns.testing import TestIn, TestOut
from api.deps import Actor, Db, KeyringDep, Now, Session, staff_router
from api.listing import Page, same
from api.paged import Paged
from api.refusals import file_answer
from api.web import spreadsheet

router = staff_router("/campaigns/{campaign_id}", "campaigns")  # goes before the routes that take any step's name


async def _wanted(state: State | None = None, reason: str | None = None, channel: str | None = None) -> Wanted:
    return Wanted(state, reason, channel)


_Filter = Annotated[Wanted, Depends(_wanted)]


@router.get("/progress", response_class=EventSourceResponse)
async def followed(
    campaign_id: int, db: Db, kit: CampaignKit, last_event_id: Annotated[str | None, Header()] = None
) -> Response:
    """Its report as server-sent events: now, then at each change, until it is over.

    Who has seen the last one (`Last-Event-ID`) is answered 204: by that an EventSource ceases to ask again.
    """
    first = await progress.look(db, campaign_id, prices=kit.rules.prices)
    if progress.is_over(first) and progress.name_of(first) == last_event_id:
        return Response(status_code=204)
    reports = progress.changes(db, campaign_id, prices=kit.rules.prices, first=first)
    return EventSourceResponse(events.events(reports, seen=last_event_id), ping=progress.PING)


@router.get("/recipients")
async def page(
    campaign_id: int,
    wanted: _Filter,
    session: Session,
    keyring: KeyringDep,
    asked: Paged,
) -> Page[Recipient]:
    """What became of it for each resident, in the order of their numbers."""
    return (await recipients.page(session, campaign_id, wanted, keyring=keyring, asked=asked)).page(same)


@router.get("/recipients.csv", response_class=StreamingResponse, responses=file_answer("text/csv"))
async def export(campaign_id: int, wanted: _Filter, db: Db, keyring: KeyringDep) -> StreamingResponse:
    """All of them, for a spreadsheet."""
    parts = await recipients.begun(recipients.chunks(db, campaign_id, wanted, keyring=keyring))
    return StreamingResponse(recipients.as_csv(parts), **spreadsheet(f"campaign-{campaign_id}"))


@router.post("/test", status_code=202)
async def test(
    campaign_id: int, given: TestIn, who: Actor, session: Session, kit: CampaignKit, keyring: KeyringDep, now: Now
) -> list[TestOut]:
    """Send its text to a phone of the staff, marked as a test."""
    return await testing.send_test(session, campaign_id, given, who=who, kit=kit, keyring=keyring, now=now)
