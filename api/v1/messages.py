"""Messages over the JSON API: read them, say them in other words, go back to the catalog."""

from __future__ import annotations

from collections.abc import Sequence

from api.channel import Channel
from api.messages import service
from api.messages.schemas import FormsIn, MessageOut, Shown
from api.messages.service import Message
from api.pagination import Page
from api.security.rights import Permission
from api.web.deps import ANYBODY, Actor, CatalogsDep, ChannelsDep, Now, Session, requires, staff_router
from api.web.paging import Paged

router = staff_router("/messages", "messages", needs=requires(Permission.MANAGE_SETTINGS))


@router.get("", dependencies=[ANYBODY])
async def every(session: Session, catalogs: CatalogsDep, channels: ChannelsDep, asked: Paged) -> Page[MessageOut]:
    """Every message in every language, as residents read it now."""
    return (await service.listed(session, catalogs, asked)).page(lambda message: _out(message, channels))


@router.put("/{language}/{name}")
async def correct(
    language: str,
    name: str,
    given: FormsIn,
    who: Actor,
    session: Session,
    catalogs: CatalogsDep,
    channels: ChannelsDep,
    now: Now,
) -> MessageOut:
    """Say a message in other words, at once and in every process."""
    wanted = {"name": name, "language": language}
    found = await service.correct(session, catalogs, **wanted, forms=given.forms, who=who, now=now)
    return _out(found, channels)


@router.delete("/{language}/{name}")
async def reset(
    language: str, name: str, who: Actor, session: Session, catalogs: CatalogsDep, channels: ChannelsDep, now: Now
) -> MessageOut:
    """Go back to the catalog's words."""
    found = await service.reset(session, catalogs, name=name, language=language, who=who, now=now)
    return _out(found, channels)


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
