"""List the ways in which a phrase may spell a name: without glued prefixes, or in one word. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from api.dialogue.understand.vocabulary.naming import bare
from api.dialogue.understand.vocabulary.phonetics import FREE

_ARABIC = re.compile("[ء-ي]+")
_CLITICS = ("وبال", "وفال", "ولل", "وال", "بال", "فال", "كال", "دال", "لل", "ال", "و", "ب", "ف", "ل", "د")
_GLUED = re.compile(r"(?:[bfwd](?=l[^aeiouy\W])|d?el|al|l|les|la|le|d|des|du|de|un|une)(?=[^\W\d_]{3})")
_ARTICLES = frozenset(("l", "el", "al", "d", "dial", "dyal", "le", "la"))
_DOUBLED = re.compile(r"([2-9])\1+(?=[^\W\d_])|(?<=[^\W\d_])([2-9])\2+")


def forms(phrase: str) -> Iterator[str]:
    """Yield the forms of a phrase: unchanged, without articles or plurals, without glued prefixes, in one word."""
    yield phrase
    yield bare(phrase)
    if not phrase.isalpha() and not phrase.isdecimal():
        yield _DOUBLED.sub(lambda match: match[0][0], phrase)  # "se77a"
    first, _, rest = phrase.partition(" ")
    if rest and " " not in rest and first in _ARTICLES:
        yield first + rest
    if " " in phrase:
        if len(phrase) > 2 * FREE and not _ARABIC.match(phrase):
            yield phrase.replace(" ", "")
        return
    if _ARABIC.fullmatch(phrase):
        for clitic in _CLITICS:
            if phrase.startswith(clitic) and len(phrase) - len(clitic) >= FREE - (len(clitic) > 1):
                yield phrase[len(clitic) :]
                yield f"ال{phrase[len(clitic) :]}"
                if clitic.endswith("ال"):
                    yield f"ل{phrase[len(clitic) :]}"  # "الليسي", in which normalising leaves one "ل"
    glued = _GLUED.match(phrase)
    if glued:
        yield phrase[glued.end() :]
        yield bare(phrase[glued.end() :])
