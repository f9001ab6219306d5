"""Asks residents something on our own initiative, in such a way that a number typed in return answers it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns.context import CampaignContext
from api.channel import Reply
from api.conversations import trail
from api.conversations.models import Conversation
from api.conversations.offered_choices import offered_from
from api.meetings import minutes_review, notifications
from api.meetings.models import Meeting, Registration
from api.messages import service as messages
from api.outbox.write import notifications as write_notifications
from api.residents.models import Address, Resident
from api.security.crypto import Keyring

_SILENT = timedelta(hours=2)  # `hour` may be an hour older than the last message
STEP = "minutes"  # the step of a conversation that is asked about minutes

Waiting = Sequence[tuple[Registration, Meeting]]


async def ask_minutes(session: AsyncSession, *, kit: CampaignContext, keyring: Keyring, now: datetime) -> int:
    """Ask people who probably attended a meeting whether its minutes are right; return how many were asked.

    Nothing is sent outside the permitted hours. If residents are in the middle of something, they are asked later, so
    that a number they type is not taken for this answer. If a resident attended two meetings, the questions come one
    after the other. The number of SQL statements does not depend on the number of people.
    """
    await kit.rules.book.renew(session)
    waiting = await minutes_review.lock_unasked(session) if kit.rules.hours.open_at(now) else ()
    if not waiting:
        return 0
    await messages.renew(session, kit.catalogs)
    reached = await write_notifications.best_addresses(
        session, {registration.resident_id for registration, _ in waiting}
    )
    idle = await _idle(session, reached, now=now)
    replies = await _replies(
        session, [(registration, meeting) for registration, meeting in waiting if registration.resident_id in idle], kit
    )
    for registration, _ in waiting:
        registration.asked = registration.resident_id not in reached  # without an address, never ask them
    for number, (registration, reply) in replies.items():
        registration.asked = True
        _expect_answer(idle[number], reply, now)
    by_resident = {number: reply for number, (_, reply) in replies.items()}
    await write_notifications.queue(
        session, {each: reached[each] for each in by_resident}, by_resident, keyring=keyring, now=now
    )
    await session.flush()
    return len(replies)


async def _replies(
    session: AsyncSession, waiting: Waiting, kit: CampaignContext
) -> dict[int, tuple[Registration, Reply]]:
    """Return the question to ask each resident, and the registration it is about, keyed by resident id."""
    people = await session.scalars(
        select(Resident).where(Resident.id.in_({registration.resident_id for registration, _ in waiting}))
    )
    voices = {each.id: kit.catalogs.voice(each.language, latin=each.latin) for each in people}
    replies: dict[int, tuple[Registration, Reply]] = {}
    for registration, meeting in waiting:
        # only the first of their meetings
        if registration.resident_id not in replies:
            replies[registration.resident_id] = (
                registration,
                notifications.minutes_question(meeting, voices[registration.resident_id]),
            )
    return replies


async def _idle(session: AsyncSession, reached: Mapping[int, Address], *, now: datetime) -> dict[int, Conversation]:
    """Return the conversations in which nothing is in progress, keyed by resident id."""
    resident_by_address = {address.id: number for number, address in reached.items()}
    is_idle = or_(Conversation.step == "home", Conversation.hour <= now - _SILENT)
    conversations = await session.scalars(
        select(Conversation)
        .where(Conversation.address_id.in_(resident_by_address), is_idle)
        .order_by(Conversation.address_id)
        # a resident who is writing now keeps the lock, and nobody waits for it
        .with_for_update(skip_locked=True)
    )
    return {resident_by_address[each.address_id]: each for each in conversations}


def _expect_answer(conversation: Conversation, reply: Reply, now: datetime) -> None:
    """Let the conversation expect the answer to this message."""
    conversation.put_away()
    conversation.step = STEP
    conversation.offered = offered_from(reply.choices)
    trail.note_prompt(
        conversation, trail.prompt_name(conversation, None, gone=False, free=False), consultation_id=None, now=now
    )
