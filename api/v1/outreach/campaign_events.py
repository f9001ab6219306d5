"""A campaign's reports as server-sent events."""

from __future__ import annotations

from collections.abc import AsyncIterator

from sse_starlette import ServerSentEvent

from api.campaigns.reporting.progress import name_of
from api.campaigns.reporting.schemas import Report


async def events(reports: AsyncIterator[Report], *, seen: str | None) -> AsyncIterator[ServerSentEvent]:
    """Reports as events, each named by what it holds; one that the reader has `seen` is not said again."""
    async for found in reports:
        name = name_of(found)
        if name != seen:
            yield ServerSentEvent(found.model_dump_json(), id=name)
