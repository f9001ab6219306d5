"""The consultation a message names: by a poster's keyword ("START VOTE", "«plan»") or a word for voting. Pure."""

from __future__ import annotations

import re
import unicodedata

from api.dialogue.understand.expected import Expected
from api.dialogue.understand.read import read
from api.dialogue.understand.vocabulary.lexicon import Lexicon
from api.text.normalise import normalise

_LONGEST = 160  # letters of a message that may be a keyword and signs
_CODE = re.compile("[a-z][a-z0-9-]*")  # as a consultation's code is written


VOTE = "vote"  # the code that any plain word for voting names, if there is such a consultation: posters say "VOTE"


def codes(text: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The codes that a message may name, the likeliest first: "vote svp" and "بغيت نصوت" stand for VOTE."""
    exact = poster(text, lexicon)
    plain = VOTE if says_vote(text, lexicon) else ""
    return tuple(dict.fromkeys(filter(None, (exact, plain))))


def says_vote(text: str, lexicon: Lexicon) -> bool:
    """Whether a message is a plain word for voting, with small words or a greeting around it."""
    return read(text, Expected(), lexicon).intent == "vote"


def poster(text: str, lexicon: Lexicon) -> str:
    """The keyword that is all of a message but signs and marks around it, and a word for START; "" if it is none."""
    words = [word for each in text.split() if (word := _bare(each))] if len(text) <= _LONGEST else []
    if len(words) == 2 and _starts(words[0], lexicon):
        words = words[1:]
    return words[0] if len(words) == 1 and _CODE.fullmatch(words[0]) else ""


def _bare(word: str) -> str:
    """A word in small letters, without the signs and invisible marks around it."""
    shown = "".join(letter for letter in unicodedata.normalize("NFKC", word) if unicodedata.category(letter) != "Cf")
    kept = [place for place, letter in enumerate(shown) if letter.isalnum()]
    return shown[kept[0] : kept[-1] + 1].casefold() if kept else ""


def _starts(word: str, lexicon: Lexicon) -> bool:
    meaning = lexicon.meaning(normalise(word))
    return meaning is not None and meaning.intent == "start"
