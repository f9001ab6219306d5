"""A letter offered to be sent: which texts are letters, how one is kept encrypted and shown, and when it expires."""

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

_MANY = 5  # a text with this many words is a letter, not a wish to begin a vote
_SHOWN = 200  # longest text to show in full before it is sent


def is_letter(text: str, lexicon: Lexicon, *, words: int = _MANY) -> bool:
    """Whether a text that answers nothing is more than a slip: enough words, or a question; never numbers alone."""
    letters = any(letter.isalpha() for letter in text)
    return letters and (len(text.split()) >= words or asks(text, lexicon))


def expire(turn: Turn) -> None:
    """Forget an offer that waited too long: what is said now does not answer it."""
    conversation = turn.conversation
    note = conversation.notes.get(DRAFT)
    if note is None or turn.now - datetime.fromisoformat(note["at"]) < FRESH:
        return
    abandoned_drafts.drop_letter(conversation)


def question(turn: Turn, text: str) -> str:
    """The question whether to send a text, with the text itself or the beginning of a long one."""
    if len(text) <= _SHOWN:
        return turn.voice("desk.offer", text=text)
    return turn.voice("desk.offer.long", count=len(text), text=text[:_SHOWN].rpartition(" ")[0] or text[:_SHOWN])


def keep(turn: Turn, text: str) -> None:
    """Keep the text that may be sent, under a key that expires, as it may name a receipt. Raises Unavailable."""
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
    """The text that may be sent; "" if none is offered, or its key is gone."""
    note = turn.conversation.notes.get(DRAFT)
    try:
        seals = cipher_of(turn.session, turn.context.keyring)
        return service.unseal(seals, base64.b64decode(note["text"])) if note is not None else ""
    except Invalid:
        return ""
