"""A letter that is offered to be sent: what is one, how it is kept enciphered and shown, and when it is forgotten."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime

from api.desk import service
from api.dialogue.turn import FRESH, Turn
from api.dialogue.understand.civil import asks
from api.dialogue.understand.lexicon import Lexicon

DRAFT = "draft"  # the note of a conversation that holds it
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
    at.put_away()
    if at.step == "desk.offer":
        at.step, at.offered = "home" if at.consultation_id is None else "question", []


def shown(turn: Turn, text: str) -> str:
    """The question whether to send a text, with all of it, or the beginning of a long one."""
    if len(text) <= _SHOWN:
        return turn.voice("desk.offer", text=text)
    return turn.voice("desk.offer.long", count=len(text), text=text[:_SHOWN].rpartition(" ")[0] or text[:_SHOWN])


def keep(turn: Turn, text: str) -> None:
    """Remember what may be sent, enciphered as everything a resident writes."""
    sealed = base64.b64encode(service.seal(turn.tools.keyring, text.strip())).decode()
    sent = turn.incoming.text
    held = {
        "text": sealed, "at": turn.now.isoformat(), "serial": secrets.token_hex(3),
        "letters": len(sent), "gap": sent[-1:].isspace(),
    }  # fmt: skip
    turn.conversation.put_away()
    turn.conversation.notes = {**turn.conversation.notes, DRAFT: held}


def draft(turn: Turn) -> str:
    """The text that may be sent; empty if none is offered."""
    held = turn.conversation.notes.get(DRAFT)
    return service.unseal(turn.tools.keyring, base64.b64decode(held["text"])) if held is not None else ""
