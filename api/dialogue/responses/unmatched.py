"""Noting a reply that nobody understood: a few words that tell nothing of who wrote them."""

from __future__ import annotations

import re
from contextlib import suppress

from api.clock import MOROCCO
from api.consultations.receipts import spotting
from api.consultations.words import unmatched
from api.consultations.words.unmatched import Asked
from api.dialogue.turn import Turn
from api.dialogue.understand.vocabulary.lexicon import Lexicon
from api.dialogue.voting import ballot_box
from api.errors import KeyLost, NotOpen, Unavailable
from api.proposals.ideas import personal_data
from api.text.normalise import normalise

_WORDS, _LETTERS = 3, 40  # the more a person writes, the more it tells of them
_TYPED = 4 * _LETTERS  # letters of a text that may have so few once normalised
_DIGITS = re.compile(r"\d{5,}")  # may be somebody's number
_NEW = 5  # texts to no end of one address that are noted in an hour


def kept(text: str, lexicon: Lexicon) -> str:
    """What is kept of a text: its few words, normalised. Nothing of a long one, nor of one that may be personal:
    with a number, an address, a receipt or a first name in it.
    """
    if len(text) > _TYPED:
        return ""
    key = normalise(text)
    if not key or len(key) > _LETTERS or len(key.split()) > _WORDS or _DIGITS.search(key):
        return ""
    if spotting.may_be_named(text) or personal_data.flags(text):
        return ""
    themes = lexicon.thesaurus.themes
    return "" if any(word in lexicon.first_names and word not in themes for word in key.split()) else key


async def note(turn: Turn) -> None:
    """Note a reply that was not understood, once in an hour: whoever repeats it, or writes many, adds nothing."""
    words = kept(turn.incoming.text, turn.tools.lexicon)
    if not words or len(turn.conversation.repeated) > _NEW:
        return
    question, consultation = turn.question, turn.consultation
    token: bytes | None = None
    if question is not None and consultation is not None:
        asked = Asked(question.kind, question.id)
        with suppress(NotOpen, KeyLost, Unavailable):  # then there is no vote that it could help
            token = ballot_box.token(turn, consultation)
    else:
        asked, token = Asked(turn.conversation.step), unmatched.passing_token(turn.resident.id)
    if token is None:
        return
    place, today = unmatched.bit(words, token), turn.now.astimezone(MOROCCO).date()
    await unmatched.note(turn.session, turn.tools.keyring, asked, words, place, today)
