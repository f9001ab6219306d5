"""Take apart a message that lists several choices: ranges, commas, "and" in three languages. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from api.dialogue.understand.expected import Expected
from api.dialogue.understand.vocabulary.lexicon import Lexicon
from api.dialogue.understand.vocabulary.naming import words

_FROM = frozenset(("de", "du", "mn", "men", "من", "sg", "zi"))  # words that begin a range
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
_GLUED = 3  # only from words longer than this is a glued "and" cut off


def expand_ranges(tokens: list[str], expected: Expected, lexicon: Lexicon) -> list[str]:
    """Replace a range by all its numbers: "de 1 à 3" becomes 1, 2, 3. Return the words.

    If a single number is too large for a position, such as "134", it is split into its digits.
    """
    numbers = [word for word in tokens if word.isdecimal()]
    is_range = lexicon.until & {*tokens} or (tokens and tokens[0] in _FROM and not lexicon.ands & {*tokens})
    if is_range and len(numbers) == 2 and tokens[-1] == numbers[1]:
        low, high = int(numbers[0]), int(numbers[1])
        if expected.ordered and (low, high) == (len(expected.listed), 1):
            return [str(place) for place in range(low, 0, -1)]
        return [str(place) for place in range(low, high + 1)] if low < high <= len(expected.listed) else tokens
    for at in range(len(tokens) - 2):
        first, joint, second = tokens[at : at + 3]
        joins_range = joint in lexicon.until or (at and tokens[at - 1] in _FROM and joint not in lexicon.ands)
        numeric = first.isdecimal() and second.isdecimal()
        if joins_range and numeric and int(first) < int(second) <= len(expected.listed):
            return [*tokens[:at], *map(str, range(int(first), int(second) + 1)), *tokens[at + 3 :]]
    if len(tokens) == 1 and tokens[0].isdecimal() and len(expected.listed) <= 9 < int(tokens[0]):
        return list(tokens[0])
    return tokens


def has_count(tokens: Sequence[str], lexicon: Lexicon, most: int = 0) -> bool:
    """Return whether the text says how many choices are meant, but not which ("3 choses : …")."""
    if counts_part(tokens, lexicon, most):
        return True
    for before, token, after in zip(("", *tokens), tokens, (*tokens[1:], ""), strict=False):
        number = _number(token, lexicon)
        if number > 1 and (before in _ARTICLES or "counted" in lexicon.roles.get(after, ())):
            return True
    return False


def counts_part(tokens: Sequence[str], lexicon: Lexicon, most: int) -> bool:
    """Return whether the text says how many of all options are meant, but not which ("deux des quatre")."""
    words_left = [word for word in tokens if word not in _SMALL]
    fractions = [
        (_number(a, lexicon), _number(b, lexicon))
        for a, of, b in zip(words_left, words_left[1:], words_left[2:], strict=False)
        if of in _OF
    ]
    has_these = any(
        of in _OF and _number(a, lexicon) > 0 and b in _THESE
        for a, of, b in zip(words_left, words_left[1:], words_left[2:], strict=False)
    )
    has_among = any(_number(a, lexicon) > 0 and b in _AMONG for a, b in pairwise(words_left))
    return has_these or has_among or any(0 < part < total == most for part, total in fractions)


def _number(token: str, lexicon: Lexicon) -> int:
    return int(token) if token.isdecimal() and len(token) < 4 else lexicon.numbers.get(token.removeprefix("ال"), 0)


def dash_is_unclear(folded: str) -> bool:
    """Return whether a dash may mean a range or a list.

    "1-3" may be two choices or three; "1-2" and "3-1" are clear.
    """
    dashed = _DASHED.findall(folded)
    return len(dashed) == 1 and int(dashed[0][1]) - int(dashed[0][0]) > 1


def is_separated(folded: str, lexicon: Lexicon) -> bool:
    """Return whether a comma, another sign or an "and" separates the parts of a list."""
    return bool(_COMMAS.search(folded)) or any(word in lexicon.ands for word in words(folded))


def d_is_unclear(tokens: Sequence[str], folded: str) -> bool:
    """Return whether "d" may be a letter or the Tamazight "and". "a d c" may be three choices or two."""
    letters = [word for word in tokens if len(word) == 1]
    return "d" in letters[1:-1] and all(word.isalpha() for word in letters) and "," not in folded.partition("d")[2]


def list_parts(folded: str, lexicon: Lexicon) -> list[str]:
    """Return the parts of a list that are separated by commas or "and"."""
    parts: list[list[str]] = []
    for piece in _COMMAS.split(folded):
        parts.append([])
        for word in words(piece):
            glued = word.startswith("و") and len(word) > _GLUED
            if glued or word in lexicon.ands:
                parts.append([])
            if word not in lexicon.ands:
                parts[-1].append(word.removeprefix("و") if glued else word)
    return [" ".join(piece) for piece in parts if piece]
