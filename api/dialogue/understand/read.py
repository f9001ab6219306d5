"""From the words of a message to what they say, against what was asked: STOP first, then names, numbers, words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from api.dialogue.understand import amounts, choices
from api.dialogue.understand.civil import CIVIL, asks, beside
from api.dialogue.understand.commands import commanded
from api.dialogue.understand.expected import MISSED, Expected, Reading, Reads
from api.dialogue.understand.lexicon import Lexicon, Meaning, Sureness
from api.dialogue.understand.naming import names
from api.dialogue.understand.shares import shares
from api.dialogue.understand.suggest import suggest
from api.normalise import fold, normalise

_ASKING = re.compile("[?؟]")
_FEW = 3  # words of a message whose first word may mean STOP
_CIVIL_WORDS = 6  # of a message that begins with thanks or a greeting, and is nothing more
_ZERO = "0"
_LISTENED = (
    "stop",
    "help",
    "start",
    "language",
    "back",
    "skip",
    "menu",
    "erase",
)  # heard as a whole message among free texts
_ACTIONS = ("back", "skip", "change", "done")
_LONGEST = 160  # letters of a key beyond which no slip is looked for


def read(text: str, expected: Expected, lexicon: Lexicon) -> Reading:
    """What a text says. A `guess` is to be asked back; what is not understood has neither keys nor intent."""
    key = normalise(text)
    whole = lexicon.meaning(key)
    if expected.reads is Reads.TEXT:
        return _free(text, key, whole, expected, lexicon)
    if whole is not None and whole.intent == "stop" and whole.sureness is Sureness.HIGH:
        return _intent(whole)
    found = _named(key, expected) or _zero(key, expected) or _stop(key, whole, lexicon)
    if whole is not None and whole.intent == "vote":  # also a word in the names of what is voted on
        found = found or _answered(text, whole, expected, lexicon)
    found = found or _meant(whole, expected)
    found = found or commanded(text, key, expected, lexicon)
    found = found or _answered(text, whole, expected, lexicon) or _said_politely(text, key, expected, lexicon)
    if found is not None:
        return _asked(found) if expected.yes_no and found.keys and _ASKING.search(text) else found
    return replace(MISSED, guess=suggest(key, expected, lexicon) if len(key) <= _LONGEST else None)


def _free(text: str, key: str, whole: Meaning | None, expected: Expected, lexicon: Lexicon) -> Reading:
    """A text in their own words: only a whole message that is surely a command, or takes it back, is one."""
    way_out = _named(key, expected) or _zero(key, expected)
    if way_out is not None and key == _ZERO:
        return way_out
    listened = whole is not None and (whole.intent in _LISTENED or expected.by_value(whole.intent) is not None)
    sure = Sureness.MID if whole is not None and whole.intent == "back" else Sureness.HIGH
    if whole is not None and listened and whole.sureness >= sure:
        return way_out or _meant(whole, expected) or _intent(whole)
    found = way_out or commanded(text, key, expected, lexicon)
    if found is not None and (found.keys or normalise(found.argument or "").isdecimal()):
        return found
    told = key or any(unicodedata.category(letter) == "So" for letter in text)
    return Reading(value=text) if told else MISSED


def _zero(key: str, expected: Expected) -> Reading | None:
    """ "0" goes back, as on every menu by phone, unless it is itself an answer."""
    open_ended = expected.reads is Reads.NUMBER and expected.low == expected.high == 0
    amount = expected.reads in (Reads.STEP, Reads.NUMBER) and expected.low <= 0 <= expected.high
    if key != _ZERO or open_ended or amount:
        return None
    offer = expected.by_value("back")
    return Reading(intent="back") if offer is None else Reading((offer.key,))


def _named(key: str, expected: Expected) -> Reading | None:
    """The one choice or way out whose name this is, to the letter."""
    # The names of a scale's steps are its numbers: "-1" is none of them, although it looks like 1 once normalised.
    listed = expected.listed if expected.reads in (Reads.ONE, Reads.MANY) else ()
    found = names((*listed, *(offer for offer in expected.offers if offer.action))).get(key)
    return None if found is None else Reading((found.key,), sureness=found.sureness, language=found.language)


def _stop(key: str, whole: Meaning | None, lexicon: Lexicon) -> Reading | None:
    if whole is not None:
        return _intent(whole) if whole.intent == "stop" else None
    words = key.split()
    head = lexicon.meaning(words[0]) if 1 < len(words) <= _FEW else None
    if head is None or head.intent != "stop" or head.sureness < Sureness.HIGH:
        return None
    return _intent(head)


def _asked(found: Reading) -> Reading:
    """A yes or no with a question mark is a question: it is asked back."""
    return replace(MISSED, guess=found.keys[0], language=found.language)


def _answered(text: str, whole: Meaning | None, expected: Expected, lexicon: Lexicon) -> Reading | None:
    """An answer to what was asked; None where it is none. What may be meant, but not surely, becomes a guess."""
    folded = fold(text)
    offer = expected.by_value(whole.intent) if whole is not None and whole.intent in ("yes", "no") else None
    if whole is not None and offer is not None:
        found = Reading((offer.key,), sureness=whole.sureness, language=whole.language)
        return _asked(found) if whole.sureness is Sureness.LOW else found
    match expected.reads:
        case Reads.ONE:
            found = choices.one(folded, expected, lexicon)
        case Reads.MANY:
            found = choices.many(folded, expected, lexicon)
        case Reads.SHARES:
            found = shares(folded, expected, lexicon)
        case Reads.STEP:
            found = amounts.step(folded, expected, lexicon)
        case Reads.NUMBER:
            found = amounts.number(folded, expected, lexicon)
        case _:
            return None
    if found.sureness is Sureness.LOW and len(found.keys) == 1:
        return replace(MISSED, guess=found.keys[0], language=found.language)
    return found if found.understood or found.twice else None


def _meant(whole: Meaning | None, expected: Expected) -> Reading | None:
    """A keyword: a way out that is on offer, or something heard everywhere."""
    if whole is None or whole.intent in ("yes", "no"):
        return None
    offer = expected.by_value(whole.intent) if whole.intent in _ACTIONS else None
    if offer is not None:
        return Reading((offer.key,), sureness=whole.sureness, language=whole.language)
    return _intent(whole)


def _said_politely(text: str, key: str, expected: Expected, lexicon: Lexicon) -> Reading | None:
    """A keyword with small words around it ("aide moi svp"), or a few words that begin with thanks or a greeting.

    What is said beside these for itself is what they mean, and a question that nobody understands is no thanks.
    """
    rest = beside(text, lexicon)
    if rest is not None:
        found = read(rest, expected, lexicon)
        if found.understood or asks(rest, lexicon):
            return found
    words = key.split()
    first = lexicon.meaning(words[0]) if words else None
    if first is not None and first.intent in CIVIL and len(words) <= _CIVIL_WORDS:
        return _intent(first)
    thanked = any(meaning.intent == "thanks" for word in words if (meaning := lexicon.meaning(word)))
    if expected.reads is Reads.NOTHING and thanked and len(words) <= _CIVIL_WORDS:
        return Reading(intent="thanks")
    while words and words[-1] in lexicon.fillers | lexicon.weights:
        words.pop()
    while words and words[0] in lexicon.fillers:
        del words[0]
    whole = lexicon.meaning(" ".join(words))
    if whole is not None and whole.intent == "stop":
        return _intent(whole) if len(words) > 1 else None
    return _meant(whole, expected)


def _intent(whole: Meaning) -> Reading:
    if whole.sureness is Sureness.LOW:
        return replace(MISSED, guess=whole.intent, language=whole.language)
    return Reading(intent=whole.intent, sureness=whole.sureness, language=whole.language)
