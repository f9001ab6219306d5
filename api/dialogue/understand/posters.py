"""Find which consultation a message names, by a poster's keyword ("START VOTE", "«plan»") or by any word for voting."""

from __future__ import annotations

import re
import unicodedata

from api.dialogue.understand.expected import Expected
from api.dialogue.understand.read import read
from api.dialogue.understand.vocabulary.lexicon import Lexicon
from api.text.normalise import normalise

_LONGEST = 160  # maximum letters in a message that may be a keyword
_CODE = re.compile("[a-z][a-z0-9-]*")  # the form of a consultation's code


VOTE = "vote"  # any word for voting names the consultation with this code, if there is one: posters say "VOTE"


def poster_codes(text: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Return the codes of consultations that a message may name, likeliest first.

    Any word for voting names the consultation with the code VOTE.
    """
    exact = poster_keyword(text, lexicon)
    plain = VOTE if says_vote(text, lexicon) else ""
    return tuple(dict.fromkeys(filter(None, (exact, plain))))


def says_vote(text: str, lexicon: Lexicon) -> bool:
    """Return whether a message is a word for voting, with only filler words or a greeting around it."""
    return read(text, Expected(), lexicon).intent == "vote"


def poster_keyword(text: str, lexicon: Lexicon) -> str:
    """If the message is only a poster's keyword, return the keyword; otherwise return "".

    There may be signs around it, and a word for START.
    """
    words = [word for chunk in text.split() if (word := _bare(chunk))] if len(text) <= _LONGEST else []
    if len(words) == 2 and _starts(words[0], lexicon):
        words = words[1:]
    return words[0] if len(words) == 1 and _CODE.fullmatch(words[0]) else ""


def _bare(word: str) -> str:
    """Return the word in lower case, without signs around it and invisible marks."""
    visible = "".join(letter for letter in unicodedata.normalize("NFKC", word) if unicodedata.category(letter) != "Cf")
    letters_at = [place for place, letter in enumerate(visible) if letter.isalnum()]
    return visible[letters_at[0] : letters_at[-1] + 1].casefold() if letters_at else ""


def _starts(word: str, lexicon: Lexicon) -> bool:
    meaning = lexicon.meaning(normalise(word))
    return meaning is not None and meaning.intent == "start"
