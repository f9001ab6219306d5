"""Thanks and greetings before or after what somebody says, and whether that is a question. Pure."""

from __future__ import annotations

import re

from api.dialogue.understand.vocabulary.lexicon import Lexicon, Meaning, Sureness
from api.text.normalise import normalise

CIVIL = ("thanks", "greeting")
_MARK = re.compile("[?؟]")
_WORD = re.compile(r"[^\s,،;؛.!?؟:]+")
_ENDED = re.compile(r"\s*[,،;؛.!:\n]")  # behind this something else begins: "Merci, STATUT 3", not "merci pour l'idée"
_LONGEST = 8  # words of thanks or a greeting
_LETTERS = 160  # of these words, as they are written


def asks(text: str, lexicon: Lexicon) -> bool:
    """Whether a text is a question: by its mark, or by a word that asks."""
    said = f" {normalise(text)} "
    return bool(_MARK.search(text)) or any(f" {each} " in said for each in lexicon.asking)


def is_courtesy(text: str, lexicon: Lexicon) -> bool:
    """Whether the whole message is a yes, a no, thanks or a greeting: it adds nothing to a text."""
    meaning = lexicon.meaning(normalise(text))
    return meaning is not None and meaning.intent in ("yes", "no", *CIVIL)


def beside(text: str, lexicon: Lexicon) -> str | None:
    """What is said beside thanks or a greeting, where it is said for itself: another sentence, a question, a keyword.

    None where nothing else is said but small words, or where it belongs to the thanks ("merci pour la réunion").
    """
    words = list(_WORD.finditer(text))
    heads = [text[each.end() :] for each in words[:_LONGEST] if _civil(text[: each.end()], lexicon)]
    tails = [text[: each.start()] for each in words[-_LONGEST:] if _civil(text[each.start() :], lexicon)]
    if heads:
        rest, apart = heads[-1], bool(_ENDED.match(heads[-1]))
    elif tails:
        rest, apart = tails[0], False
    else:
        return None
    if _is_keyword(rest, lexicon):
        return rest
    small = lexicon.fillers | lexicon.weights | lexicon.ands
    told = not small.issuperset(normalise(rest).split())
    return rest if told and (apart or asks(rest, lexicon)) else None


def _is_keyword(rest: str, lexicon: Lexicon) -> bool:
    found = lexicon.meaning(normalise(rest))
    return found is not None and found.sureness is Sureness.HIGH and found.intent not in CIVIL


def _civil(part: str, lexicon: Lexicon) -> Meaning | None:
    if len(part) > _LETTERS:
        return None
    found = lexicon.meaning(normalise(part))
    return found if found is not None and found.intent in CIVIL else None
