"""Messages to residents over the JSON API: list them, correct their wording, restore the original wording."""

from __future__ import annotations

from collections.abc import Sequence

from api.channel import Channel
from api.messages import service
from api.messages.schemas import FormsIn, MessageOut, Shown
from api.messages.service import Message
from api.pagination import Page
from api.security.rights import Permission
from api.web.deps import ANYBODY, Actor, CatalogsDep, ChannelsDep, Now, Session, requires, staff_router
from api.web.paging import PageDep

router = staff_router("/messages", "messages", needs=requires(Permission.MANAGE_SETTINGS))


@router.get("", dependencies=[ANYBODY])
async def list_messages(
    session: Session, catalogs: CatalogsDep, channels: ChannelsDep, page: PageDep, name: str | None = None
) -> Page[MessageOut]:
    """List messages in every language with their current wording: all messages, or only the one called `name`."""
    return (await service.listed(session, catalogs, page, name=name)).page(lambda message: _out(message, channels))


@router.put("/{language}/{name}")
async def correct_message(
    language: str,
    name: str,
    data: FormsIn,
    actor: Actor,
    session: Session,
    catalogs: CatalogsDep,
    channels: ChannelsDep,
    now: Now,
) -> MessageOut:
    """Change the wording of a message. It takes effect at once in every process."""
    key = {"name": name, "language": language}
    message = await service.correct(session, catalogs, **key, forms=data.forms, who=actor, now=now)
    return _out(message, channels)


@router.delete("/{language}/{name}")
async def reset_message(
    language: str, name: str, actor: Actor, session: Session, catalogs: CatalogsDep, channels: ChannelsDep, now: Now
) -> MessageOut:
    """Restore the original wording of a message, from the message catalog."""
    message = await service.reset(session, catalogs, name=name, language=language, who=actor, now=now)
    return _out(message, channels)


def _out(message: Message, channels: Sequence[Channel]) -> MessageOut:
    previews = []
    for form in message.forms:
        for channel in channels:
            preview = channel.preview(form)
            previews.append(
                Shown(
                    channel=channel.name,
                    parts=preview.parts,
                    encoding=preview.encoding,
                    culprits=list(preview.culprits),
                    proposal=preview.proposal,
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
