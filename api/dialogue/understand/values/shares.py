"""Read points shared among options ("A5 C3", "1:5 3:3", "ا٥ ج٣", "l'eau 5"). Nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from api.dialogue.understand.expected import MISSED, TWICE, Expected, Reading
from api.dialogue.understand.values.letters import letter_position
from api.dialogue.understand.vocabulary.lexicon import Lexicon, Sureness
from api.dialogue.understand.vocabulary.naming import Mention, bare, names, words

_PAIR = re.compile(r"(?<![\w.,])(\d{1,2})\s*[:=]\s*(\d{1,3})(?![\w:=])")
_PIECES = re.compile(r"[,;،؛\n]")
_PARTS = re.compile(r"[^\W\d_]+|\d+")
_LONGEST = 8  # maximum words in an option's name
_DIGITS = 3  # maximum digits in an amount of points
_MOST = 100  # maximum words and numbers in an answer

Pair = tuple[str, int]  # the key of an option, and its points


def read_shares(folded: str, expected: Expected, lexicon: Lexicon) -> Reading:
    """Read the points given to each option. Each key of the reading is an option's key with the points appended.

    If each option comes before its points, the reading is HIGH. Other forms are MID.
    """
    if len(words(folded)) > _MOST or len(_tokens(folded)) > _MOST:
        return MISSED
    ways = (
        (_option_first, Sureness.HIGH),
        (_points_first, Sureness.MID),
        (_by_position, Sureness.MID),
        (_in_order, Sureness.MID),
    )
    for read, sureness in ways:
        pairs = read(folded, expected, lexicon)
        if pairs:
            return _reading(pairs, sureness)
    return MISSED


def _reading(pairs: Sequence[Pair], sureness: Sureness) -> Reading:
    if len({key for key, _ in pairs}) != len(pairs):
        return TWICE
    keys = tuple(f"{key}:{points}" for key, points in pairs)  # zero points take back what an option had
    return Reading(keys, sureness=sureness, plain=True) if keys else MISSED


def _option_first(folded: str, expected: Expected, lexicon: Lexicon) -> list[Pair]:
    """Read options that are each followed by their points ("A5 C3"); empty for other forms."""
    return _alternating(_tokens(folded), expected, lexicon)


def _points_first(folded: str, expected: Expected, lexicon: Lexicon) -> list[Pair]:
    """Read points that are each followed by their option ("5A 3C", "5 pour A"); empty for other forms."""
    tokens = _tokens(folded)
    head = next((token for token in tokens if not _is_filler(token, lexicon)), "")
    if _amount(head, lexicon) is None:
        return []
    return _alternating(tokens[::-1], expected, lexicon)[::-1]


def _tokens(folded: str) -> list[str]:
    return [part for word in words(folded) for part in _PARTS.findall(word)]


def _alternating(tokens: Sequence[str], expected: Expected, lexicon: Lexicon) -> list[Pair]:
    """Return options with their points, if options and points alternate."""
    pairs: list[Pair] = []
    option: str | None = None
    for token in _classified(tokens, expected, lexicon):
        if isinstance(token, str) and option is None:
            option = token
        elif isinstance(token, int) and option is not None:
            pairs.append((option, token))
            option = None
        else:
            return []
    return pairs if option is None else []


def _classified(tokens: Sequence[str], expected: Expected, lexicon: Lexicon) -> Iterator[str | int | None]:
    """Yield the key of each option, each amount of points, and None for other words except fillers."""
    known, start = names(expected.listed), 0
    while start < len(tokens):
        size, key = _longest_name(tokens[start:], known)
        token = tokens[start]
        amount = _amount(token, lexicon)
        letter = _option_of_letter(token, expected)
        is_label = letter is not None and _amount(_next_token(tokens[start + 1 :], lexicon), lexicon) is not None
        if key is not None or is_label:
            yield key or letter
        elif amount is not None:
            yield amount
        elif not (_means_and(tokens, start, lexicon) if letter is not None else _is_filler(token, lexicon)):
            yield None
        start += size


def _next_token(tokens: Sequence[str], lexicon: Lexicon) -> str:
    """Return the next word that is not a filler."""
    return next((token for token in tokens if len(token) == 1 or not _is_filler(token, lexicon)), "")


def _means_and(tokens: Sequence[str], at: int, lexicon: Lexicon) -> bool:
    """Return whether this letter is the word "and" between two other words ("a5 d c3")."""
    return tokens[at] in lexicon.ands and 0 < at < len(tokens) - 1


def _longest_name(tokens: Sequence[str], known: Mapping[str, Mention | None]) -> tuple[int, str | None]:
    """Return how many of the first words name an option, and the key of that option."""
    for size in range(min(len(tokens), _LONGEST), 0, -1):
        phrase = " ".join(tokens[:size])
        mention = known.get(phrase) or known.get(bare(phrase))
        if mention is not None and not phrase.isdecimal() and len(phrase) > 1:
            return size, mention.key
    # no name: go on to the next word
    return 1, None


def _option_of_letter(token: str, expected: Expected) -> str | None:
    token = token[1:] if len(token) > 1 and token[0] == "و" else token  # "and" glued to the next word
    place = letter_position(token)
    known = expected.lettered and place is not None and place <= len(expected.listed)
    return expected.listed[place - 1].key if known and place is not None else None


def _amount(token: str, lexicon: Lexicon) -> int | None:
    if token.isdecimal():
        return int(token) if len(token) <= _DIGITS else None
    return lexicon.numbers.get(token)


def _is_filler(token: str, lexicon: Lexicon) -> bool:
    return token in lexicon.fillers or token in lexicon.ands or token in lexicon.points


def _by_position(folded: str, expected: Expected, lexicon: Lexicon) -> list[Pair]:
    """Read pairs of a position and its points, if signs separate the pairs: "1:5 3:3", or "1 5, 3 3"."""
    pairs = [(int(place), int(points)) for place, points in _PAIR.findall(folded)]
    if pairs:
        if not all(_is_filler(token, lexicon) for token in _tokens(_PAIR.sub(" ", folded))):
            return []
    else:
        pieces = [_numbers(piece, lexicon) for piece in _PIECES.split(folded) if piece.strip()]
        if len(pieces) < 2 or any(len(piece) != 2 for piece in pieces):
            return []  # "1 5" alone may be two options
        pairs = [(place, points) for place, points in pieces]
    listed = expected.listed
    if not all(1 <= place <= len(listed) for place, _ in pairs):
        return []
    return [(listed[place - 1].key, points) for place, points in pairs]


def _in_order(folded: str, expected: Expected, lexicon: Lexicon) -> list[Pair]:
    """Read one amount for each option, in the order of the list ("4 4 1 1")."""
    numbers, listed = _numbers(folded, lexicon), expected.listed
    if len(numbers) != len(listed) or sum(numbers) != expected.total:
        return []
    places, amounts = numbers[::2], numbers[1::2]
    distinct = len(numbers) % 2 == 0 and len(set(places)) == len(places)
    if distinct and all(1 <= at <= len(listed) for at in places) and sum(amounts) == expected.total:
        return []  # it may also mean "1:5 2:5"
    return [(offer.key, points) for offer, points in zip(listed, numbers, strict=True)]


def _numbers(piece: str, lexicon: Lexicon) -> tuple[int, ...]:
    """Return the numbers of a piece of text that contains only numbers and fillers."""
    tokens = [token for token in _tokens(piece) if not _is_filler(token, lexicon)]
    return tuple(map(int, tokens)) if all(t.isdecimal() and len(t) <= _DIGITS for t in tokens) else ()
