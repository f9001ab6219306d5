"""Messages over the JSON API: read them, say them in other words, go back to the catalog."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter

from api.channel import Channel
from api.clock import Clock
from api.db import Database
from api.i18n import Catalogs
from api.messages import service
from api.messages.schemas import FormsIn, MessageOut, Shown
from api.messages.service import Message


def router(db: Database, catalogs: Catalogs, channels: Sequence[Channel], clock: Clock) -> APIRouter:
    """The routes below /messages."""
    routes = APIRouter(prefix="/messages", tags=["messages"])

    @routes.get("")
    async def every() -> list[MessageOut]:
        """Every message in every language, as residents read it now."""
        async with db.transaction() as session:
            return [_out(message, channels) for message in await service.listed(session, catalogs)]

    @routes.put("/{language}/{name}")
    async def correct(language: str, name: str, given: FormsIn) -> MessageOut:
        """Say a message in other words, at once and in every process."""
        async with db.transaction() as session:
            found = await service.correct(
                session, catalogs, name=name, language=language, forms=given.forms, now=clock()
            )
            return _out(found, channels)

    @routes.delete("/{language}/{name}")
    async def reset(language: str, name: str) -> MessageOut:
        """Go back to the catalog's words."""
        async with db.transaction() as session:
            return _out(await service.reset(session, catalogs, name=name, language=language, now=clock()), channels)

    return routes


def _out(message: Message, channels: Sequence[Channel]) -> MessageOut:
    previews = []
    for form in message.forms:
        for channel in channels:
            found = channel.preview(form)
            previews.append(
                Shown(
                    channel=channel.name,
                    parts=found.parts,
                    encoding=found.encoding,
                    culprits=list(found.culprits),
                    proposal=found.proposal,
                )
            )
    return MessageOut(
        name=message.name,
        language=message.language,
        note=message.note,
        segments=message.segments,
        forms=list(message.forms),
        corrected=message.corrected,
        original=list(message.original),
        previews=previews,
    )
