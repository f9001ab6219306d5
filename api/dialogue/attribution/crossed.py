"""Words that belong to an earlier question: sent before the next one was seen, replies, edits, parts of a long text."""

from __future__ import annotations

from api.channel import Choice, Incoming, Kind
from api.conversations import trail
from api.conversations.trail import Asked
from api.dialogue import agent_session
from api.dialogue.attribution import answer_parts, provenance
from api.dialogue.attribution.amend import amend
from api.dialogue.features.letters import parts as letter_parts
from api.dialogue.steps import closed
from api.dialogue.steps.onward import again
from api.dialogue.turn import Heard, Said, Turn
from api.errors import KeyLost, NotOpen
from api.text.normalise import normalise


async def continued(turn: Turn, said: Said) -> Heard | None:
    """Join a text that answers nothing to the free text before it, if it came within seconds; None if it did not.

    A number alone is no part of a text: it answers a list, or nothing.
    """
    asked = _before(turn)
    plain = not (said.tapped or said.keys or said.intent or _is_number(turn)) and turn.incoming.kind is Kind.SAID
    if plain and await letter_parts.joined(turn, cut=False):
        turn.aside = True
        return await ask_again(turn)
    first = asked is not None and _is_older(turn, asked)
    heard = await _amend(turn, asked, joins=True, first=first) if plain and asked is not None else None
    turn.aside = turn.aside or heard is not None
    return heard


async def rest_of_letter(turn: Turn) -> Heard | None:
    """Join the end of a long letter that reads like thanks or a command, but is more than such a word."""
    word = turn.tools.lexicon.meaning(normalise(turn.incoming.text))
    if word is not None or turn.incoming.kind is not Kind.SAID or not await letter_parts.joined(turn, cut=True):
        return None
    return await ask_again(turn)


async def about(turn: Turn, asked: tuple[Asked, ...]) -> Heard | None:
    """Take it as an answer to the question it belongs to; None if that is the one asked now."""
    incoming, late = turn.incoming, False
    part = _before(turn) if incoming.kind is Kind.SAID and incoming.pointer is None else None
    if part is not None and (provenance.is_cut(part.letters) or (answer_parts.is_full(part) and not _is_number(turn))):
        return await _amend(turn, part, joins=True, first=_is_older(turn, part))
    if await letter_parts.joined(turn, cut=True):
        return await ask_again(turn)
    if incoming.kind is Kind.EDITED:
        found = provenance.wrote(asked, incoming.message_id)
    elif incoming.pointer is not None:
        found = provenance.replied(asked, incoming.pointer, [key for key, _, _ in turn.conversation.offered])
    else:
        found, late = provenance.seen(asked, incoming.sent_at), True
    if found is not None and found.base == asked[-1].base and not _is_changed(found, incoming):
        return None
    first = late and found is not None and _is_older(turn, found)
    heard = await _amend(turn, found, joins=late, first=first) if found is not None else None
    if heard is not None:
        return heard
    if late:
        turn.say("point.crossed")
    elif turn.conversation.consultation_id is not None or not await closed.tell(turn):
        turn.say("point.lost")
    return await ask_again(turn)


def _is_number(turn: Turn) -> bool:
    return normalise(turn.incoming.text).replace(" ", "").isdecimal()


def _is_changed(asked: Asked, incoming: Incoming) -> bool:
    """Whether an edit changes an answer that its message gave, or is of something that is no question."""
    gave = any(part.message_id == incoming.message_id for part in asked.parts)
    return incoming.kind is Kind.EDITED and (gave or not asked.question[1])


async def _amend(turn: Turn, asked: Asked, *, joins: bool, first: bool = False) -> Heard | None:
    incoming = turn.incoming
    if joins and answer_parts.is_full(asked):
        turn.say("text.full")
        return await ask_again(turn)
    try:
        with agent_session.recalled(turn, asked.question[0]):
            done = await amend(turn, asked, joins=joins, first=first)
        if not done:
            return None
    except KeyLost:
        turn.say("error.lost")
        return await ask_again(turn)
    except NotOpen:
        if not await closed.tell(turn):
            turn.say("error.closed")
        return await ask_again(turn)
    now = answer_parts.amended(asked, incoming, joins=joins, first=first)
    trail.hear(turn.conversation, asked, incoming, free=bool(asked.letters), parts=now)
    if incoming.kind is Kind.EDITED and not turn.lines:
        return Heard.SETTLED  # it says the same as before
    return await ask_again(turn)


def _is_older(turn: Turn, asked: Asked) -> bool:
    """Whether a newer message than this one was heard at that question."""
    sent_at = turn.incoming.sent_at
    return asked.heard is not None and sent_at is not None and sent_at < asked.heard


def _before(turn: Turn) -> Asked | None:
    """The free text that was answered seconds ago, before the question asked now; None if there is none."""
    asked = trail.read(turn.conversation)
    newest = [each for each in asked if each.base == asked[-1].base]
    older = [each for each in asked[: -len(newest)] if each.letters] if newest else []
    if not older or asked[-1 - len(newest)] != older[-1]:
        return None
    moved = newest[0].at
    return older[-1] if (turn.incoming.sent_at or turn.now) - moved <= turn.tools.parts_within else None


async def ask_again(turn: Turn) -> Heard:
    """Ask once more what is asked now; where nothing is, only the ways out are offered again."""
    at = turn.conversation
    if at.step == "home" and all(action for _, _, action in at.offered):
        turn.ask("home", "", tuple(Choice(key, label, action=True) for key, label, _ in at.offered))
    else:
        await again(turn)
    return Heard.SETTLED
