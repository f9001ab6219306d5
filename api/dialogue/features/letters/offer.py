"""A letter that is offered to be sent: what is one, how it is kept enciphered and shown, and when it is forgotten."""

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

_MANY = 5  # words from which a text is a letter, and no wish to begin the consultation that waits
_SHOWN = 200  # characters of a text that is shown whole before it is sent


def is_letter(text: str, lexicon: Lexicon, *, words: int = _MANY) -> bool:
    """Whether a text that answers nothing is more than a slip: so many words, or a question; numbers are neither."""
    letters = any(letter.isalpha() for letter in text)
    return letters and (len(text.split()) >= words or asks(text, lexicon))


def age(turn: Turn) -> None:
    """Forget an offer that waited for too long: what is said now is no answer to it."""
    at = turn.conversation
    held = at.notes.get(DRAFT)
    if held is None or turn.now - datetime.fromisoformat(held["at"]) < FRESH:
        return
    abandoned_drafts.let_go(at)


def shown(turn: Turn, text: str) -> str:
    """The question whether to send a text, with all of it, or the beginning of a long one."""
    if len(text) <= _SHOWN:
        return turn.voice("desk.offer", text=text)
    return turn.voice("desk.offer.long", count=len(text), text=text[:_SHOWN].rpartition(" ")[0] or text[:_SHOWN])


def keep(turn: Turn, text: str) -> None:
    """Remember what may be sent, enciphered; soon nobody can read it, as it may name a receipt. Raises Unavailable."""
    expiring_keys.use(turn.session, keyring=turn.tools.keyring, now=turn.now)
    sealed = service.seal(cipher_of(turn.session, turn.tools.keyring), text.strip())
    sent = turn.incoming.text
    held = {
        "text": base64.b64encode(sealed).decode(), "at": turn.now.isoformat(), "serial": secrets.token_hex(3),
        "letters": len(sent), "gap": sent[-1:].isspace(),
    }  # fmt: skip
    turn.conversation.put_away()
    turn.conversation.notes = {**turn.conversation.notes, DRAFT: held}


def draft(turn: Turn) -> str:
    """The text that may be sent; empty if none is offered, or its key is gone."""
    held = turn.conversation.notes.get(DRAFT)
    try:
        seals = cipher_of(turn.session, turn.tools.keyring)
        return service.unseal(seals, base64.b64decode(held["text"])) if held is not None else ""
    except Invalid:
        return ""
