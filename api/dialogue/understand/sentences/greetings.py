"""Find thanks and greetings before or after the rest of a text, and tell whether a text is a question. Pure."""

from __future__ import annotations

import re

from api.dialogue.understand.vocabulary.lexicon import Lexicon, Meaning, Sureness
from api.text.normalise import normalise

CIVIL = ("thanks", "greeting")
_MARK = re.compile("[?؟]")
_WORD = re.compile(r"[^\s,،;؛.!?؟:]+")
_ENDED = re.compile(r"\s*[,،;؛.!:\n]")  # ends the thanks: "Merci, STATUT 3", not "merci pour l'idée"
_LONGEST = 8  # maximum words in thanks or a greeting
_LETTERS = 160  # maximum letters in thanks or a greeting, as written


def asks(text: str, lexicon: Lexicon) -> bool:
    """Return whether a text is a question, because it has a question mark or a question word."""
    padded = f" {normalise(text)} "
    return bool(_MARK.search(text)) or any(f" {word} " in padded for word in lexicon.asking)


def is_courtesy(text: str, lexicon: Lexicon) -> bool:
    """Return whether the whole message is only a yes, a no, thanks or a greeting."""
    meaning = lexicon.meaning(normalise(text))
    return meaning is not None and meaning.intent in ("yes", "no", *CIVIL)


def text_beside_greeting(text: str, lexicon: Lexicon) -> str | None:
    """Return the text before or after thanks or a greeting, if it says something by itself.

    It must be another sentence, a question or a keyword. If it only belongs to the thanks ("merci pour la réunion"),
    return None.
    """
    words = list(_WORD.finditer(text))
    heads = [text[match.end() :] for match in words[:_LONGEST] if _courtesy(text[: match.end()], lexicon)]
    tails = [text[: match.start()] for match in words[-_LONGEST:] if _courtesy(text[match.start() :], lexicon)]
    if heads:
        rest, is_apart = heads[-1], bool(_ENDED.match(heads[-1]))
    elif tails:
        rest, is_apart = tails[0], False
    else:
        return None
    if _is_keyword(rest, lexicon):
        return rest
    insignificant = lexicon.fillers | lexicon.weights | lexicon.ands
    has_content = not insignificant.issuperset(normalise(rest).split())
    return rest if has_content and (is_apart or asks(rest, lexicon)) else None


def _is_keyword(rest: str, lexicon: Lexicon) -> bool:
    meaning = lexicon.meaning(normalise(rest))
    return meaning is not None and meaning.sureness is Sureness.HIGH and meaning.intent not in CIVIL


def _courtesy(part: str, lexicon: Lexicon) -> Meaning | None:
    if len(part) > _LETTERS:
        return None
    meaning = lexicon.meaning(normalise(part))
    return meaning if meaning is not None and meaning.intent in CIVIL else None
