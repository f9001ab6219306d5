"""A message that lists several choices, taken apart: ranges, commas, "and" in three languages. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from api.dialogue.understand.expected import Expected
from api.dialogue.understand.vocabulary.lexicon import Lexicon
from api.dialogue.understand.vocabulary.naming import words

_FROM = frozenset(("de", "du", "mn", "men", "من", "sg", "zi"))  # what begins a range
_COMMAS = re.compile(r"[,;،؛/+&\n]")
_DASHED = re.compile(r"(\d{1,2})\s*[-–—]\s*(?=(\d{1,2}))")
_ARTICLES = ("les", "los", "las", "the")
_OF = ("des", "parmi", "sur", "of", "out", "من", "mn", "men", "de", "entre", "zg")  # "two of the four"
_THESE = (
    "hado",
    "hadou",
    "hadok",
    "hadouk",
    "hadchi",
    "هادو",
    "هادشي",
    "هذه",
    "هذا",
    "ces",
    "eux",
    "elles",
    "those",
    "these",
    "them",
    "ellos",
    "ellas",
    "estos",
)
_AMONG = ("fihom", "فيهم", "mnhom", "منهم", "منها")
_SMALL = (*_ARTICLES, "d", "dyal")
_GLUED = 3  # letters of a word, above which "and" may be glued to it


def spread(tokens: list[str], expected: Expected, lexicon: Lexicon) -> list[str]:
    """A range as all its numbers ("de 1 à 3"), and "134" as three where there is no such place."""
    numbers = [word for word in tokens if word.isdecimal()]
    between = lexicon.until & {*tokens} or (tokens and tokens[0] in _FROM and not lexicon.ands & {*tokens})
    if between and len(numbers) == 2 and tokens[-1] == numbers[1]:
        low, high = int(numbers[0]), int(numbers[1])
        if expected.ordered and (low, high) == (len(expected.listed), 1):
            return [str(place) for place in range(low, 0, -1)]
        return [str(place) for place in range(low, high + 1)] if low < high <= len(expected.listed) else tokens
    for at in range(len(tokens) - 2):
        first, joint, second = tokens[at : at + 3]
        ranged = joint in lexicon.until or (at and tokens[at - 1] in _FROM and joint not in lexicon.ands)
        if ranged and first.isdecimal() and second.isdecimal() and int(first) < int(second) <= len(expected.listed):
            return [*tokens[:at], *map(str, range(int(first), int(second) + 1)), *tokens[at + 3 :]]
    if len(tokens) == 1 and tokens[0].isdecimal() and len(expected.listed) <= 9 < int(tokens[0]):
        return list(tokens[0])
    return tokens


def counts(tokens: Sequence[str], lexicon: Lexicon, most: int = 0) -> bool:
    """Whether a number says how many, and is no choice: "3 choses : …", "les quatre", "deux des quatre"."""
    if some_of(tokens, lexicon, most):
        return True
    for before, token, after in zip(("", *tokens), tokens, (*tokens[1:], ""), strict=False):
        number = _number(token, lexicon)
        if number > 1 and (before in _ARTICLES or "counted" in lexicon.roles.get(after, ())):
            return True
    return False


def some_of(tokens: Sequence[str], lexicon: Lexicon, most: int) -> bool:
    """Whether a number is said to be out of all that is offered: "deux des quatre" says how many, and not which."""
    said = [word for word in tokens if word not in _SMALL]
    ends = [
        (_number(a, lexicon), _number(b, lexicon))
        for a, of, b in zip(said, said[1:], said[2:], strict=False)
        if of in _OF
    ]
    these = any(
        of in _OF and _number(a, lexicon) > 0 and b in _THESE
        for a, of, b in zip(said, said[1:], said[2:], strict=False)
    )
    among = any(_number(a, lexicon) > 0 and b in _AMONG for a, b in pairwise(said))
    return these or among or any(0 < few < all_of_them == most for few, all_of_them in ends)


def _number(token: str, lexicon: Lexicon) -> int:
    return int(token) if token.isdecimal() and len(token) < 4 else lexicon.numbers.get(token.removeprefix("ال"), 0)


def dash_is_unclear(folded: str) -> bool:
    """ "1-3" may be two of them or three; "1-2" and "3-1" may not."""
    found = _DASHED.findall(folded)
    return len(found) == 1 and int(found[0][1]) - int(found[0][0]) > 1


def apart(folded: str, lexicon: Lexicon) -> bool:
    """Whether something stands between the parts of a list."""
    return bool(_COMMAS.search(folded)) or any(word in lexicon.ands for word in words(folded))


def d_is_unclear(tokens: Sequence[str], folded: str) -> bool:
    """ "a d c" may be three letters, or two with "and" between them in Tamazight."""
    letters = [word for word in tokens if len(word) == 1]
    return "d" in letters[1:-1] and all(word.isalpha() for word in letters) and "," not in folded.partition("d")[2]


def pieces(folded: str, lexicon: Lexicon) -> list[str]:
    """The parts of a list: between commas and "and"."""
    found: list[list[str]] = []
    for piece in _COMMAS.split(folded):
        found.append([])
        for word in words(piece):
            glued = word.startswith("و") and len(word) > _GLUED
            if glued or word in lexicon.ands:
                found.append([])
            if word not in lexicon.ands:
                found[-1].append(word.removeprefix("و") if glued else word)
    return [" ".join(piece) for piece in found if piece]
