"""Records replies that were not understood: a few words of each, which reveal nothing about their author."""

from __future__ import annotations

import re
from contextlib import suppress

from api.clock import MOROCCO
from api.consultations.receipts import spotting
from api.consultations.words import unmatched
from api.consultations.words.unmatched import Prompt
from api.dialogue.turn import Turn
from api.dialogue.understand.vocabulary.lexicon import Lexicon
from api.dialogue.voting import ballot_box
from api.errors import KeyLost, NotOpen, Unavailable
from api.proposals.ideas import personal_data
from api.text.normalise import normalise

_WORDS, _LETTERS = 3, 40  # longer texts reveal more about their author
_TYPED = 4 * _LETTERS  # longest raw text that is considered, since normalising shortens texts
_DIGITS = re.compile(r"\d{5,}")  # may be a phone number
_NEW = 5  # maximum number of texts recorded per address and hour


def words_to_keep(text: str, lexicon: Lexicon) -> str:
    """Return the words of a text as they are recorded, normalised.

    If the text is long or may be personal, return "". A text may be personal if it contains a long number, an address,
    a receipt or a first name.
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
    """Record a reply that was not understood.

    Each hour, only the first few texts from each address are recorded, and each text only once.
    """
    words = words_to_keep(turn.incoming.text, turn.context.lexicon)
    if not words or len(turn.conversation.repeated) > _NEW:
        return
    question, consultation = turn.question, turn.consultation
    token: bytes | None = None
    if question is not None and consultation is not None:
        origin = Prompt(question.kind, question.id)
        with suppress(NotOpen, KeyLost, Unavailable):  # the words cannot help this vote any more
            token = ballot_box.token(turn, consultation)
    else:
        origin, token = Prompt(turn.conversation.step), unmatched.process_token(turn.resident.id)
    if token is None:
        return
    bit, today = unmatched.bit(words, token), turn.now.astimezone(MOROCCO).date()
    await unmatched.note(turn.session, turn.context.keyring, origin, words, bit, today)
