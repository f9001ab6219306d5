"""Finds the commune that a resident names when asked for the province."""

from __future__ import annotations

from functools import cache

from api.dialogue.understand.expected import Expected, Name, Offer, Reads
from api.dialogue.understand.sentences.phrases import parse
from api.dialogue.understand.vocabulary.lexicon import Lexicon
from api.dialogue.understand.vocabulary.naming import words
from api.region import places
from api.text.normalise import fold

_MOST = 24  # maximum number of words of a message that may name a commune


def commune_in(text: str, province: str, lexicon: Lexicon) -> str | None:
    """Return the HCP code of the one commune in this province that the text names.

    Return None if the text names none or several, or if it is unclear or too long. "Tétouan" and "Larache" name both a
    province and a commune. Here they mean the province, because that was asked for.
    """
    words_written = words(fold(text))
    if len(words_written) > _MOST:
        return None
    parsed = parse(words_written, _communes(province), lexicon)
    communes = {mention.key for mention in parsed.mentions if not mention.place} - {province}
    return communes.pop() if len(communes) == 1 and not parsed.spoilt else None


@cache
def _communes(province: str) -> Expected:
    """Return the names of the communes of a province, and of the province itself."""
    place = places.province(province)
    itself = (place.fr, place.ar, *places.spellings(province)) if place is not None else ()
    names = {each.code: (each.fr, each.ar, *each.spelt) for each in places.communes(province)}
    # a commune that has the province's name is not meant by that name
    offers = {province: itself, **names}
    return Expected(Reads.ONE, tuple(Offer(code, tuple(map(Name, of))) for code, of in offers.items()))
