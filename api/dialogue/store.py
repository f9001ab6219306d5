"""Finding where an address stands in the dialogue, locked for the length of a turn."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.channel import Incoming
from api.consultations.models import Consultation
from api.crypto import Keyring
from api.dialogue.models import Conversation
from api.messages import service as messages
from api.residents import service as residents
from api.residents.models import Address, Resident


class Scene(NamedTuple):
    """The rows of one turn; `consultation` is the one under way."""

    resident: Resident
    address: Address
    conversation: Conversation
    consultation: Consultation | None
    revision: int | None = None  # the newest correction of a message, where it was read along


async def find(session: AsyncSession, incoming: Incoming, *, keyring: Keyring) -> Scene | None:
    """The scene of a known address. Its conversation and resident are locked, so that two quick texts take turns."""
    blind = keyring.blind_index(incoming.channel, incoming.address)
    row = (await session.execute(_scene(), {"channel": incoming.channel, "blind": blind})).first()
    if row is None:
        return None
    scene = Scene(*row)
    at = scene.conversation.consultation_id
    if at != (scene.consultation.id if scene.consultation is not None else None):
        # Another turn moved on while this one waited: PostgreSQL reads anew what it locks, not what is joined to it.
        now_at = await session.get(Consultation, at) if at is not None else None
        scene = scene._replace(consultation=now_at)
    if scene.address.state != "active":
        scene.address.state = "active"  # whoever writes can be reached again
    if scene.address.provider != incoming.provider:
        scene.address.provider = incoming.provider
    return scene


@cache
def _scene() -> Select[Any]:
    return (
        select(Resident, Address, Conversation, Consultation, messages.newest().scalar_subquery())
        .select_from(Address)
        .join(Resident, Resident.id == Address.resident_id)
        .join(Conversation, Conversation.address_id == Address.id)
        .outerjoin(Consultation, Consultation.id == Conversation.consultation_id)
        .where(and_(Address.channel == bindparam("channel"), Address.blind_index == bindparam("blind")))
        .with_for_update(key_share=True, of=(Conversation, Resident))
    )


async def meet(session: AsyncSession, incoming: Incoming, *, keyring: Keyring, now: datetime) -> Scene:
    """The scene of an address heard for the first time."""
    resident, address = await residents.meet(
        session,
        keyring=keyring,
        channel=incoming.channel,
        provider=incoming.provider,
        address=incoming.address,
        now=now,
    )
    conversation = Conversation(
        address_id=address.id,
        step="language",
        position=0,
        offered=[],
        misses=0,
        heard=0,
        hour=now,
        switch_offered=False,
    )
    session.add(conversation)
    return Scene(resident, address, conversation, None)
