"""Points shared among options ("A5 C3", "1:5 3:3", "ا٥ ج٣", "l'eau 5"): which get how many; never a guess."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from api.dialogue.understand.expected import MISSED, TWICE, Expected, Reading
from api.dialogue.understand.values.letters import lettered
from api.dialogue.understand.vocabulary.lexicon import Lexicon, Sureness
from api.dialogue.understand.vocabulary.naming import Mention, bare, names, words

_PAIR = re.compile(r"(?<![\w.,])(\d{1,2})\s*[:=]\s*(\d{1,3})(?![\w:=])")
_PIECES = re.compile(r"[,;،؛\n]")
_PARTS = re.compile(r"[^\W\d_]+|\d+")
_LONGEST = 8  # words of an option's name
_DIGITS = 3  # of an amount of points
_MOST = 100  # words and numbers that may share out points

Pair = tuple[str, int]  # the key of an option, and its points


def shares(folded: str, expected: Expected, lexicon: Lexicon) -> Reading:
    """Who gets how many points; each is a key with the points behind it. Letters first are plain, the rest repeated."""
    if len(words(folded)) > _MOST or len(_tokens(folded)) > _MOST:
        return MISSED
    ways = ((_lettered, Sureness.HIGH), (_turned, Sureness.MID), (_numbered, Sureness.MID), (_in_order, Sureness.MID))
    for read, sureness in ways:
        found = read(folded, expected, lexicon)
        if found:
            return _reading(found, sureness)
    return MISSED


def _reading(found: Sequence[Pair], sureness: Sureness) -> Reading:
    if len({key for key, _ in found}) != len(found):
        return TWICE
    keys = tuple(f"{key}:{points}" for key, points in found)  # no points take back what an option had
    return Reading(keys, sureness=sureness, plain=True) if keys else MISSED


def _lettered(folded: str, expected: Expected, lexicon: Lexicon) -> list[Pair]:
    """ "A5 C3": an option, then its points."""
    return _alternating(_tokens(folded), expected, lexicon)


def _turned(folded: str, expected: Expected, lexicon: Lexicon) -> list[Pair]:
    """ "5A 3C", "5 pour A": the points first. Read backwards it is the other order, and it cannot be both."""
    tokens = _tokens(folded)
    starts = next((token for token in tokens if not _small(token, lexicon)), "")
    if _amount(starts, lexicon) is None:
        return []
    return _alternating(tokens[::-1], expected, lexicon)[::-1]


def _tokens(folded: str) -> list[str]:
    return [part for word in words(folded) for part in _PARTS.findall(word)]


def _alternating(tokens: Sequence[str], expected: Expected, lexicon: Lexicon) -> list[Pair]:
    """Options and points by turns, with nothing else but small words; none where it is anything else."""
    found: list[Pair] = []
    option: str | None = None
    for read in _read(tokens, expected, lexicon):
        if isinstance(read, str) and option is None:
            option = read
        elif isinstance(read, int) and option is not None:
            found.append((option, read))
            option = None
        else:
            return []
    return found if option is None else []


def _read(tokens: Sequence[str], expected: Expected, lexicon: Lexicon) -> Iterator[str | int | None]:
    """The key of an option, an amount, or None for what is neither; small words are passed over."""
    known, start = names(expected.listed), 0
    while start < len(tokens):
        size, key = _name(tokens[start:], known)
        token = tokens[start]
        amount = _amount(token, lexicon)
        letter = _letter(token, expected)
        called = letter is not None and _amount(_ahead(tokens[start + 1 :], lexicon), lexicon) is not None
        if key is not None or called:
            yield key or letter
        elif amount is not None:
            yield amount
        elif not (_joins(tokens, start, lexicon) if letter is not None else _small(token, lexicon)):
            yield None
        start += size


def _ahead(tokens: Sequence[str], lexicon: Lexicon) -> str:
    """What follows, small words passed over; not those of one letter, which may be an option."""
    return next((token for token in tokens if len(token) == 1 or not _small(token, lexicon)), "")


def _joins(tokens: Sequence[str], at: int, lexicon: Lexicon) -> bool:
    """Whether a letter says "and" between two others ("a5 d c3")."""
    return tokens[at] in lexicon.ands and 0 < at < len(tokens) - 1


def _name(tokens: Sequence[str], known: Mapping[str, Mention | None]) -> tuple[int, str | None]:
    """How many words the longest name at the head has, and whose it is; one word of nobody's where there is none."""
    for size in range(min(len(tokens), _LONGEST), 0, -1):
        phrase = " ".join(tokens[:size])
        mention = known.get(phrase) or known.get(bare(phrase))
        if mention is not None and not phrase.isdecimal() and len(phrase) > 1:
            return size, mention.key
    return 1, None


def _letter(token: str, expected: Expected) -> str | None:
    token = token[1:] if len(token) > 1 and token[0] == "و" else token  # "and" is glued to what it joins
    place = lettered(token)
    known = expected.lettered and place is not None and place <= len(expected.listed)
    return expected.listed[place - 1].key if known and place is not None else None


def _amount(token: str, lexicon: Lexicon) -> int | None:
    if token.isdecimal():
        return int(token) if len(token) <= _DIGITS else None
    return lexicon.numbers.get(token)


def _small(token: str, lexicon: Lexicon) -> bool:
    return token in lexicon.fillers or token in lexicon.ands or token in lexicon.points


def _numbered(folded: str, expected: Expected, lexicon: Lexicon) -> list[Pair]:
    """ "1:5 3:3", or "1 5, 3 3": options by their numbers, where signs say which number is which."""
    pairs = [(int(place), int(points)) for place, points in _PAIR.findall(folded)]
    if pairs:
        if not all(_small(token, lexicon) for token in _tokens(_PAIR.sub(" ", folded))):
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
    """ "4 4 1 1": a number for each option, in their order, if they make up the whole sum and say nothing else."""
    given, listed = _numbers(folded, lexicon), expected.listed
    if len(given) != len(listed) or sum(given) != expected.total:
        return []
    places, amounts = given[::2], given[1::2]
    paired = len(given) % 2 == 0 and len(set(places)) == len(places) and all(1 <= at <= len(listed) for at in places)
    if paired and sum(amounts) == expected.total:
        return []  # it may be "1:5 2:5" as well
    return [(offer.key, points) for offer, points in zip(listed, given, strict=True)]


def _numbers(piece: str, lexicon: Lexicon) -> tuple[int, ...]:
    """The numbers of a piece; none where something else stands in it."""
    tokens = [token for token in _tokens(piece) if not _small(token, lexicon)]
    return tuple(map(int, tokens)) if all(t.isdecimal() and len(t) <= _DIGITS for t in tokens) else ()
