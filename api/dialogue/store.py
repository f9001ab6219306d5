"""Finds and locks the database rows that one turn of the dialogue works with: resident, address, conversation, vote."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.channel import Incoming
from api.consultations.ballots import used_addresses
from api.consultations.models import Consultation
from api.consultations.receipts import spotting
from api.conversations.models import Conversation
from api.dialogue.understand.posters import poster_codes
from api.dialogue.understand.vocabulary.lexicon import Lexicon
from api.inbound import service
from api.messages import service as messages
from api.outbox import last_pushed
from api.residents import erasure, number_repair
from api.residents import service as residents
from api.residents.models import Address, Resident
from api.residents.states import AddressState
from api.routing.roads import prefix_of
from api.security.crypto import Keyring

_PAYLOAD = re.compile("[A-Za-z0-9_-]{1,64}")  # Telegram's rule for deep links (core.telegram.org/bots/features)
REFUSED = "refused"  # the note that marks a wrong number; it is treated like STOP
_LONGEST = 25  # letters: one more than a consultation's code can have


class Scene(NamedTuple):
    """The database rows that one turn works with. `consultation` is the consultation in progress."""

    resident: Resident
    address: Address
    conversation: Conversation
    consultation: Consultation | None
    revision: int | None = None  # the newest correction of our messages, if it was read in the same query
    has_earlier_vote: bool = False  # an address of the resident voted before it became theirs
    notice: int | None = None  # id of the newest notification since the resident last wrote
    campaign: int | None = None  # id of the newest campaign message since the resident last wrote
    heard: bool = False  # the message was handled before, so nothing was changed
    first: bool = False  # the address is new, or its resident was erased

    @property
    def pushed(self) -> tuple[int, ...]:
        """The ids of the newest notification and the newest campaign message since the resident last wrote, if any."""
        return tuple(number for number in (self.notice, self.campaign) if number is not None)


async def find_scene(session: AsyncSession, incoming: Incoming, *, keyring: Keyring, now: datetime) -> Scene | None:
    """Return the rows of a known address; None if the address is unknown.

    The rows are locked, so that two messages in quick succession are handled one after the other. The address may move
    to another resident while this turn waits. Then nothing is found, or the rows do not match. `Dialogue.handle` then
    tries again.
    """
    scene = await _look_up(session, incoming, keyring)
    if scene is None or scene.heard:
        return scene
    consultation_id = scene.conversation.consultation_id
    if consultation_id != (scene.consultation.id if scene.consultation is not None else None):
        # Another turn went on while we waited. PostgreSQL reads the locked rows again, but not the rows joined to
        # them.
        now_at = await session.get(Consultation, consultation_id) if consultation_id is not None else None
        scene = scene._replace(consultation=now_at)
    if not scene.address.sealed:
        starts_over = erasure.readmit(scene.resident, scene.address, written=incoming.address, keyring=keyring, now=now)
        was_refused = REFUSED in scene.conversation.notes
        if was_refused:
            scene.conversation.notes = {}
        scene = scene._replace(first=starts_over and not was_refused)
        if starts_over and was_refused:
            scene.resident.state = residents.STOPPED  # the resident was told that only START begins again
        elif not starts_over:
            scene.conversation.step = "home"  # the resident has joined, or is being asked at another address
    if scene.address.state != AddressState.ACTIVE:
        scene.address.state = AddressState.ACTIVE  # somebody who writes can be reached
    road = incoming.road or incoming.provider
    if scene.address.road != road or scene.address.prefix is None:
        scene.address.road, scene.address.prefix = road, prefix_of(incoming.address)
    return scene


async def _look_up(session: AsyncSession, incoming: Incoming, keyring: Keyring) -> Scene | None:
    """Return the rows of an address, even if it is stored under another spelling of its number."""
    blind = keyring.blind_index(incoming.channel, incoming.address)
    parameters = {"channel": incoming.channel, "blind": blind, **service.hashed(incoming, keyring)}
    row = (await session.execute(_scene(), parameters)).first()
    if row is None and incoming.written not in ("", incoming.address):
        channel, as_written, number = incoming.channel, incoming.written, incoming.address
        if await number_repair.adopt(session, channel=channel, written=as_written, number=number, keyring=keyring):
            row = (await session.execute(_scene(), parameters)).first()
    return None if row is None else Scene(*row)


@cache
def _scene() -> Select[Any]:
    return (
        select(
            Resident,
            Address,
            Conversation,
            Consultation,
            messages.newest().scalar_subquery(),
            used_addresses.has_marked_address(),
            last_pushed.newest_notice(Address.id, since=Conversation.heard_at),
            last_pushed.newest_campaign(Resident.id, Address.id, since=Conversation.heard_at),
            service.was_heard(),
        )
        .select_from(Address)
        .join(Resident, Resident.id == Address.resident_id)
        .join(Conversation, Conversation.address_id == Address.id)
        .outerjoin(Consultation, Consultation.id == Conversation.consultation_id)
        .where(and_(Address.channel == bindparam("channel"), Address.blind_index == bindparam("blind")))
        .with_for_update(key_share=True, of=(Resident, Conversation, Address))  # locked in this order
    )


async def new_scene(
    session: AsyncSession, incoming: Incoming, *, lexicon: Lexicon, keyring: Keyring, now: datetime
) -> Scene | None:
    """Return the rows to store for an address that writes to us for the first time.

    If the message was handled before, return None. If a poster or link brought the resident, its code is stored, and
    opened once they have joined. The address may exist already, because staff sent a test to it.
    """
    source, resident, address, revision, is_old = await _look_up_newcomer(
        session, incoming, lexicon=lexicon, keyring=keyring
    )
    if is_old:
        return None
    if resident is None or address is None:
        resident, address = await residents.create(
            session,
            keyring=keyring,
            channel=incoming.channel,
            road=incoming.road or incoming.provider,
            address=incoming.address,
            now=now,
            source=source,
        )
    resident.source = resident.source or source
    address.state = AddressState.ACTIVE  # somebody who writes can be reached again
    conversation = new_conversation(address.id, now=now, payload=source)
    session.add(conversation)
    return Scene(resident, address, conversation, None, revision, first=True)


def new_conversation(
    address_id: int, *, now: datetime, step: str = "language", payload: str | None = None
) -> Conversation:
    """Return a new conversation for an address that has none."""
    return Conversation(
        address_id=address_id,
        step=step,
        position=0,
        offered=(),
        notes={},
        assisting=None,
        misses=0,
        heard=0,
        repeated={},
        hour=now,
        switch_offered=False,
        trail=[],
        payload=payload,
    )


async def is_known(session: AsyncSession, code: str) -> bool:
    """Return whether there is a consultation with this code."""
    return bool(await session.scalar(select(Consultation.id).where(Consultation.code == code[:_LONGEST])))


async def keep_code(
    session: AsyncSession, conversation: Conversation, resident: Resident, codes: Sequence[str]
) -> bool:
    """Store the first of these codes that names a consultation, to open it once the resident has joined.

    Return whether there was one.
    """
    for code in codes:
        if await is_known(session, code):
            conversation.payload, resident.source = code, resident.source or code
            return True
    return False


async def _look_up_newcomer(
    session: AsyncSession, incoming: Incoming, *, lexicon: Lexicon, keyring: Keyring
) -> tuple[str | None, Resident | None, Address | None, int, bool]:
    """Return what brought somebody here, what we know about their address, and whether the message is old."""
    # only words that may name a consultation are compared, and none are stored
    payload, codes_named = incoming.hints.payload, [code[:_LONGEST] for code in poster_codes(incoming.text, lexicon)]
    row = (
        await session.execute(
            select(Consultation.code, Resident, Address, messages.newest().scalar_subquery(), service.was_heard())
            .select_from(select(literal(1)).subquery("alone"))
            .outerjoin(Consultation, Consultation.code.in_(codes_named))
            .outerjoin(
                Address,
                and_(
                    Address.channel == incoming.channel,
                    Address.blind_index == keyring.blind_index(incoming.channel, incoming.address),
                ),
            )
            .outerjoin(Resident, Resident.id == Address.resident_id)
            .order_by((Consultation.code == (codes_named or [""])[0]).desc())
            .limit(1),
            service.hashed(incoming, keyring),
        )
    ).one()
    # revision: the newest correction to our texts
    code, resident, address, revision, is_old = row
    if payload is not None:
        code = await code_from_link(session, payload)
    return code, resident, address, revision, is_old


async def code_from_link(session: AsyncSession, payload: str) -> str | None:
    """Return the code that a deep link names; None if it is malformed or may be a receipt."""
    code = payload.casefold()
    if not _PAYLOAD.fullmatch(payload):
        return None
    may_be_receipt = any(any(map(str.isdecimal, words)) for words in spotting.possible(code))
    return None if may_be_receipt and not await is_known(session, code) else code
