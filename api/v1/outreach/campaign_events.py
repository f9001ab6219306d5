"""A campaign's delivery reports as server-sent events."""

from __future__ import annotations

from collections.abc import AsyncIterator

from sse_starlette import ServerSentEvent

from api.campaigns.reporting.progress import name_of
from api.campaigns.reporting.schemas import Report


async def events(reports: AsyncIterator[Report], *, last_id: str | None) -> AsyncIterator[ServerSentEvent]:
    """Yield an event for each report, but not the event with the id `last_id`, which the client already has."""
    async for report in reports:
        name = name_of(report)
        if name != last_id:
            yield ServerSentEvent(report.model_dump_json(), id=name)
