"""The offer to send a text as a letter: which texts qualify, how the text is kept, and when the offer expires."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime

from api.conversations import abandoned_drafts
from api.conversations.models import DRAFT, FRESH
from api.desk import service
from api.dialogue.turn import Turn
from api.dialogue.understand.sentences.greetings import asks
from api.dialogue.understand.vocabulary.lexicon import Lexicon
from api.errors import Invalid
from api.outbox import expiring_keys
from api.security.seals import cipher_of

_MANY = 5  # a text with this many words is a letter, not the name of a vote
_SHOWN = 200  # longest text to show in full before it is sent


def is_letter(text: str, lexicon: Lexicon, *, words: int = _MANY) -> bool:
    """Return whether a text that does not answer our last question looks like a letter to the staff.

    It must have at least `words` words or be a question, and it must contain at least one alphabetic character.
    """
    letters = any(letter.isalpha() for letter in text)
    return letters and (len(text.split()) >= words or asks(text, lexicon))


def expire(turn: Turn) -> None:
    """Forget an offer that has waited too long, so that no later message accepts it by accident."""
    conversation = turn.conversation
    note = conversation.notes.get(DRAFT)
    if note is None or turn.now - datetime.fromisoformat(note["at"]) < FRESH:
        return
    abandoned_drafts.drop_letter(conversation)


def question(turn: Turn, text: str) -> str:
    """Return the question "Send this text?". It quotes the whole text, or the beginning of a long text."""
    if len(text) <= _SHOWN:
        return turn.voice("desk.offer", text=text)
    return turn.voice("desk.offer.long", count=len(text), text=text[:_SHOWN].rpartition(" ")[0] or text[:_SHOWN])


def keep(turn: Turn, text: str) -> None:
    """Store the offered text, encrypted under a key that expires, because it may contain a receipt.

    Raises Unavailable if the vault is down.
    """
    expiring_keys.use(turn.session, keyring=turn.context.keyring, now=turn.now)
    sealed = service.seal(cipher_of(turn.session, turn.context.keyring), text.strip())
    received = turn.incoming.text
    note = {
        "text": base64.b64encode(sealed).decode(), "at": turn.now.isoformat(), "serial": secrets.token_hex(3),
        "letters": len(received), "gap": received[-1:].isspace(),
    }  # fmt: skip
    turn.conversation.put_away()
    turn.conversation.notes = {**turn.conversation.notes, DRAFT: note}


def draft_text(turn: Turn) -> str:
    """Return the text that we offered to send; "" if there is no offer or its key is gone."""
    note = turn.conversation.notes.get(DRAFT)
    try:
        seals = cipher_of(turn.session, turn.context.keyring)
        return service.unseal(seals, base64.b64decode(note["text"])) if note is not None else ""
    except Invalid:
        return ""
