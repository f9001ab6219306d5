"""An answer to what was asked: a choice, several, shares of a sum, a step, an amount; what is unsure is asked back."""

from __future__ import annotations

from dataclasses import replace

from api.dialogue.understand.expected import MISSED, Expected, Reading, Reads
from api.dialogue.understand.values import amounts, choices
from api.dialogue.understand.values.shares import shares
from api.dialogue.understand.vocabulary.lexicon import Lexicon, Meaning, Sureness
from api.dialogue.understand.vocabulary.naming import words
from api.text.normalise import fold


def asked(found: Reading) -> Reading:
    """A yes or no with a question mark is a question: it is asked back."""
    return replace(MISSED, guess=found.keys[0], language=found.language)


def answered(text: str, whole: Meaning | None, expected: Expected, lexicon: Lexicon) -> Reading | None:
    """An answer to what was asked; None where it is none. What may be meant, but not surely, becomes a guess."""
    folded = fold(text)
    offer = expected.by_value(whole.intent) if whole is not None and whole.intent in ("yes", "no") else None
    if whole is not None and offer is not None:
        found = Reading((offer.key,), sureness=whole.sureness, language=whole.language)
        return asked(found) if whole.sureness is Sureness.LOW or _is_either(folded, expected, lexicon) else found
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
    unsure = found.sureness is Sureness.LOW or _is_either(folded, expected, lexicon)
    if unsure and len(found.keys) == 1:
        return replace(MISSED, guess=found.keys[0], language=found.language)
    return found if found.understood or found.twice else None


def _is_either(folded: str, expected: Expected, lexicon: Lexicon) -> bool:
    """Whether a yes, where it has weight, is said by a word alone that says "enough" too ("safi", not "wakha safi")."""
    if not expected.careful or not expected.yes_no:
        return False
    said = words(folded)
    rest = [word for word in said if word not in lexicon.either]
    return len(rest) < len(said) and not choices.one(" ".join(rest), expected, lexicon).keys
