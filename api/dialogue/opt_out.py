"""Opting out: records that a resident stopped, cancels queued messages, and says how to come back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from api.conversations.models import HELPED, Conversation
from api.dialogue import agent_session
from api.dialogue.turn import Turn
from api.outbox import service as outbox
from api.outbox.worker import departures as outgoing
from api.residents import service as residents
from api.security.crypto import Keyring

_LONGEST = 40  # maximum number of characters recorded of the resident's words


async def stop(turn: Turn, wording: str) -> None:
    """Stop all messages to this resident until they send START. `wording` is recorded as how they asked for it."""
    residents.stop(turn.session, turn.resident, channel=turn.incoming.channel, wording=wording[:_LONGEST], now=turn.now)
    await outbox.cancel_unsolicited(turn.session, turn.resident.id, now=turn.now)
    await agent_session.end(turn)
    turn.conversation.offered = ()
    if len(await residents.channels(turn.session, turn.resident.id)) > 1:
        turn.say("stopped.everywhere")
    else:
        turn.say("stopped")


async def block(session: AsyncSession, keyring: Keyring, *, channel: str, address: str, now: datetime) -> None:
    """Record that the resident blocked us at this address. Send nothing there, and end their session as an agent."""
    known = await residents.find_address(session, keyring=keyring, channel=channel, address=address)
    if known is None:
        return
    await outgoing.record_departure(session, known.id, reason="blocked", now=now)
    conversation = await session.get(Conversation, known.id)
    if conversation is not None:
        agent_session.close(conversation, left=True)


def tell_of_end(turn: Turn) -> None:
    """If a returning resident left during a session as an agent, say that they answer for themselves again."""
    conversation = turn.conversation
    if conversation.notes.get(HELPED):
        conversation.notes = {name: note for name, note in conversation.notes.items() if name != HELPED}
        turn.say("assist.over")
