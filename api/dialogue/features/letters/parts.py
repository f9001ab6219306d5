"""Joins the parts of a long letter, which arrive as several SMS because no gateway joins them.

A text that follows within seconds is joined to the letter.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from api.channel import Kind
from api.conversations.models import DRAFT, SENT
from api.desk import service
from api.desk.models import Letter
from api.dialogue.attribution.provenance import is_cut
from api.dialogue.features import receipt
from api.dialogue.features.feature import leave
from api.dialogue.features.letters import offer
from api.dialogue.turn import Outcome, Turn
from api.dialogue.understand.sentences.greetings import is_courtesy
from api.text.normalise import normalise


async def confirm_sent(turn: Turn, letter: Letter) -> Outcome:
    """Say that a letter, or another text for an earlier letter, was sent.

    Remember the letter for some seconds, because more of it may follow.
    """
    turn.say("desk.sent", number=letter.id)
    was_offered = DRAFT in turn.conversation.notes
    outcome = await leave(turn)
    if was_offered:  # the offer was accepted now, so all parts came before
        return outcome
    note = {"letter": letter.id, "line": await service.newest_line(turn.session, letter), **_seen(turn)}
    turn.conversation.notes = {**turn.conversation.notes, SENT: note}
    return outcome


async def join(turn: Turn, *, cut: bool) -> bool:
    """Join this text to the letter sent or offered seconds ago, and say so. Return False if it belongs to no letter.

    With `cut`, join only if the previous text was as long as one part of a long SMS. If a text does not fit, the parts
    after it are refused too. A number, a yes, a no or thanks is never joined. If the text contains a receipt, reply as
    the command CHECK does instead.
    """
    incoming, notes = turn.incoming, turn.conversation.notes
    note = notes.get(DRAFT) or notes.get(SENT)
    plain = incoming.kind is Kind.SAID and incoming.choice is None and incoming.pointer is None
    if note is None or not plain or turn.conversation.assisting is not None or not _is_part(turn, note, cut=cut):
        return False
    if await receipt.answer_check(turn, incoming.text):
        return True
    between = "" if is_cut(note.get("letters", 0)) and not note.get("gap") else " "
    if DRAFT in notes:
        return _join_to_offer(turn, between)
    return await _join_to_line(turn, note, between)


def _is_part(turn: Turn, note: dict[str, Any], *, cut: bool) -> bool:
    text = turn.incoming.text
    is_number = normalise(text).replace(" ", "").isdecimal()
    is_soon = (turn.incoming.sent_at or turn.now) - datetime.fromisoformat(note["at"]) <= turn.context.parts_within
    is_expected = is_cut(note.get("letters", 0)) or not cut
    return is_soon and is_expected and not is_number and not is_courtesy(text, turn.context.lexicon)


def _join_to_offer(turn: Turn, between: str) -> bool:
    whole = offer.draft_text(turn) + between + turn.incoming.text.strip()
    if len(whole) > service.LONGEST:
        return False
    offer.keep(turn, whole)
    return True


async def _join_to_line(turn: Turn, note: dict[str, Any], between: str) -> bool:
    """Append this text to the message of the letter sent just before. Return False if that letter no longer exists.

    If the message became too long, say so. If it can no longer change, add the text as a new message of the letter.
    """
    if note.get("full"):
        turn.say("desk.full", number=note["letter"])
        return True
    now, session, keyring, text = turn.now, turn.session, turn.context.keyring, turn.incoming.text
    lengthened = await service.extend(session, note["line"], turn.resident, between + text.rstrip(), keyring=keyring)
    # the message can no longer change, so the text becomes a new message of the letter
    if lengthened is None:
        letter = await service.own(session, note["letter"], resident_id=turn.resident.id)
        if letter is None:
            return False
        await service.append(
            session, letter.id, turn.resident, text, address_id=turn.address.id, keyring=keyring, now=now
        )
    if lengthened is False:
        turn.say("desk.full", number=note["letter"])
    else:
        turn.say("desk.joined", number=note["letter"])
    more = {"full": True} if lengthened is False else _seen(turn)
    turn.conversation.notes = {**turn.conversation.notes, SENT: {**note, **more}}
    return True


def _seen(turn: Turn) -> dict[str, Any]:
    text = turn.incoming.text
    return {"at": turn.now.isoformat(), "letters": len(text), "gap": text[-1:].isspace()}
