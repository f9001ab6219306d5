"""Progress and recipients of a campaign over the JSON API."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, Response
from fastapi.responses import StreamingResponse
from sse_starlette import EventSourceResponse

from api.campaigns.reporting import progress, recipients
from api.campaigns.reporting.recipient import Recipient
from api.campaigns.reporting.recipients import RecipientFilter
from api.outbox.states import DeliveryState
from api.pagination import Page, unchanged
from api.security.rights import Permission
from api.v1.deps import CampaignContextDep
from api.v1.outreach import campaign_events
from api.web.deps import Db, KeyringDep, Session, requires, staff_router
from api.web.http import csv_download
from api.web.paging import PageDep
from api.web.refusals import file_answer

router = staff_router(
    "/campaigns/{campaign_id}",
    "campaigns",
    needs=requires(Permission.WRITE, Permission.APPROVE, Permission.SEND, Permission.AUDIT),
)


async def _filter(
    state: DeliveryState | None = None, reason: str | None = None, channel: str | None = None
) -> RecipientFilter:
    return RecipientFilter(state, reason, channel)


_Filter = Annotated[RecipientFilter, Depends(_filter)]


@router.get(
    "/progress",
    response_class=EventSourceResponse,
    responses={
        204: {"description": "The campaign is over and there is nothing new. An EventSource then stops reconnecting."}
    },
)
async def follow_campaign(
    campaign_id: int, db: Db, context: CampaignContextDep, last_event_id: Annotated[str | None, Header()] = None
) -> Response:
    """Stream a campaign's report as server-sent events: the current report, and a new one after each change.

    The stream ends with the campaign. If `Last-Event-ID` names the final event, the status is 204.
    """
    first = await progress.read(db, campaign_id, prices=context.rules.prices)
    if progress.is_over(first) and progress.name_of(first) == last_event_id:
        return Response(status_code=204)  # an EventSource then stops reconnecting
    reports = progress.changes(db, campaign_id, prices=context.rules.prices, first=first)
    return EventSourceResponse(campaign_events.events(reports, last_id=last_event_id), ping=progress.PING)


@router.get("/recipients")
async def list_recipients(
    campaign_id: int,
    wanted: _Filter,
    session: Session,
    keyring: KeyringDep,
    page: PageDep,
) -> Page[Recipient]:
    """List what happened to the campaign's message to each resident, by resident number."""
    return (await recipients.page(session, campaign_id, wanted, keyring=keyring, page_request=page)).page(unchanged)


@router.get("/recipients.csv", response_class=StreamingResponse, responses=file_answer("text/csv"))
async def export_recipients(campaign_id: int, wanted: _Filter, db: Db, keyring: KeyringDep) -> StreamingResponse:
    """Export what happened to the campaign's message to each resident, as CSV."""
    batches = await recipients.started(recipients.batches(db, campaign_id, wanted, keyring=keyring))
    return StreamingResponse(recipients.as_csv(batches), **csv_download(f"campaign-{campaign_id}"))
