"""Read an answer to what was asked: one choice, several, points, a step, an amount. Unsure answers become guesses."""

from __future__ import annotations

from dataclasses import replace

from api.dialogue.understand.expected import MISSED, Expected, Reading, Reads
from api.dialogue.understand.values import amounts, choices
from api.dialogue.understand.values.shares import read_shares
from api.dialogue.understand.vocabulary.lexicon import Lexicon, Meaning, Sureness
from api.dialogue.understand.vocabulary.naming import words
from api.text.normalise import fold


def ask_back(reading: Reading) -> Reading:
    """Return the choice of this reading as a guess, which the person must confirm."""
    return replace(MISSED, guess=reading.keys[0], language=reading.language)


def read_answer(text: str, keyword: Meaning | None, expected: Expected, lexicon: Lexicon) -> Reading | None:
    """Read the answer to what was asked; None if the text is not an answer. An unsure answer becomes a guess."""
    folded = fold(text)
    offer = expected.by_value(keyword.intent) if keyword is not None and keyword.intent in ("yes", "no") else None
    if keyword is not None and offer is not None:
        reading = Reading((offer.key,), sureness=keyword.sureness, language=keyword.language)
        return (
            ask_back(reading) if keyword.sureness is Sureness.LOW or _is_either(folded, expected, lexicon) else reading
        )
    match expected.reads:
        case Reads.ONE:
            reading = choices.read_one(folded, expected, lexicon)
        case Reads.MANY:
            reading = choices.read_several(folded, expected, lexicon)
        case Reads.SHARES:
            reading = read_shares(folded, expected, lexicon)
        case Reads.STEP:
            reading = amounts.read_step(folded, expected, lexicon)
        case Reads.NUMBER:
            reading = amounts.read_number(folded, expected, lexicon)
        case _:
            return None
    is_unsure = reading.sureness is Sureness.LOW or _is_either(folded, expected, lexicon)
    if is_unsure and len(reading.keys) == 1:
        return replace(MISSED, guess=reading.keys[0], language=reading.language)
    return reading if reading.understood or reading.twice else None


def _is_either(folded: str, expected: Expected, lexicon: Lexicon) -> bool:
    """Return whether the only yes in the text is a word that also means "enough" ("safi")."""
    # checked only where a yes has consequences
    if not expected.careful or not expected.yes_no:
        return False
    tokens = words(folded)
    rest = [word for word in tokens if word not in lexicon.either]
    return len(rest) < len(tokens) and not choices.read_one(" ".join(rest), expected, lexicon).keys
