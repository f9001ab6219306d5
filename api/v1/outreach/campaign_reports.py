"""Following a campaign over the JSON API: its progress, and each of its recipients."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, Response
from fastapi.responses import StreamingResponse
from sse_starlette import EventSourceResponse

from api.campaigns.reporting import progress, recipients
from api.campaigns.reporting.recipient import Recipient, State
from api.campaigns.reporting.recipients import Wanted
from api.pagination import Page, same
from api.security.rights import Permission
from api.v1.outreach import campaign_events
from api.v1.outreach.deps import CampaignKit
from api.web.deps import Db, KeyringDep, Session, requires, staff_router
from api.web.http import spreadsheet
from api.web.paging import Paged
from api.web.refusals import file_answer

router = staff_router(
    "/campaigns/{campaign_id}",
    "campaigns",
    needs=requires(Permission.WRITE, Permission.APPROVE, Permission.SEND, Permission.AUDIT),
)


async def _wanted(state: State | None = None, reason: str | None = None, channel: str | None = None) -> Wanted:
    return Wanted(state, reason, channel)


_Filter = Annotated[Wanted, Depends(_wanted)]


@router.get(
    "/progress",
    response_class=EventSourceResponse,
    responses={204: {"description": "over, and nothing is new: an EventSource ceases to ask"}},
)
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
    return EventSourceResponse(campaign_events.events(reports, seen=last_event_id), ping=progress.PING)


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
