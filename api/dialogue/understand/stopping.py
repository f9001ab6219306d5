"""Recognise STOP in people's own words: how surely a message is a wish to get no more messages. Pure.

A message is surely a wish to stop if it says nothing else. It may be STOP with politeness, a repetition or a signature.
It may be a sentence made of "cease" or "no more" and "send" or "messages". It may also ask to remove somebody from a
list. Any other words make the wish less sure, never more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from api.dialogue.understand.sentences.greetings import CIVIL, asks
from api.dialogue.understand.vocabulary.lexicon import Lexicon, Sureness
from api.dialogue.understand.vocabulary.wordlists import plural
from api.region.themes import suggest as theme_of
from api.text.normalise import normalise

_LONGEST = 16  # maximum words in a wish to stop
_WIDEST = 320  # maximum letters in a wish to stop, as written
_HEADS = 8  # lines or sentences that are read separately; the rest is taken as one
_PHRASE = 5  # maximum words in a phrase in the lists
_UNKNOWN = 2  # maximum unknown words next to a wish that must be confirmed
_NAME = 3  # maximum words in a signature
_LETTERS = 2  # minimum letters in a word of a name
_OVER = frozenset(("ended", "messages", "beside_stop"))
_NO_MORE = frozenset(("plus", "messages", "beside_stop"))
_SENTENCES = re.compile(r"[.!\n\r]+")
_CLAUSES = re.compile(r"[,،;؛:.!?؟\n\r]+")
_LINES = re.compile(r"[\n\r]+")
_ARTICLE = re.compile(r"ال|ل|l[^aeiouy]")  # glued to a word, once normalised


class StopWish(NamedTuple):
    """How surely a message is a wish to stop.

    HIGH is obeyed anywhere. MID is obeyed if we asked for a choice. If we asked for a free text, it only counts as
    likely. LOW must be confirmed. A wish is `aimed` if it mentions messages or sending them. A single everyday word is
    not aimed.
    """

    sureness: Sureness
    aimed: bool


def stop_wish(text: str, lexicon: Lexicon) -> StopWish | None:
    """Return how surely this message is a wish to stop; None if it is not one."""
    whole = lexicon.meaning(normalise(text))
    if whole is not None:
        return StopWish(whole.sureness, aimed=False) if whole.intent == "stop" else None
    parts = _parts(text, lexicon) if len(normalise(text).split()) <= _LONGEST else []
    candidates = (_whole_wish(parts, lexicon), _first_line_wish(text, lexicon), _clause_wish(text, parts, lexicon))
    wishes = [candidate for candidate in candidates if candidate is not None]
    surest = max(wishes, default=None)
    return StopWish(Sureness.LOW, surest.aimed) if surest is not None and asks(text, lexicon) else surest


def refuses(text: str, lexicon: Lexicon) -> bool:
    """Return whether the text says "I do not want" and nothing else.

    As an answer to a question, that is a no. Otherwise it is likely a wish to stop.
    """
    words_text = normalise(text)
    parts = _parts(text, lexicon) if len(words_text.split()) <= _LONGEST and not asks(text, lexicon) else []
    kinds = {part.kind for part in parts}
    return "refusing" in kinds and kinds <= {"refusing", "beside_stop", "ne", "to_me"}


class _Part(NamedTuple):
    kind: str  # a list of grammar.toml, "stop", or "" if unknown
    words: str
    sureness: Sureness = Sureness.LOW


def _parts(text: str, lexicon: Lexicon) -> list[_Part]:
    return list(_cut([plural(word) for word in normalise(text).split()], lexicon))


def _cut(words: Sequence[str], lexicon: Lexicon) -> Iterator[_Part]:
    """Yield the parts of a text: the longest known phrases, and each unknown word by itself."""
    start = 0
    while start < len(words):
        sizes = range(min(_PHRASE, len(words) - start), 0, -1)
        candidates = (_part(" ".join(words[start : start + size]), lexicon) for size in sizes)
        part = next(filter(None, candidates), _Part("", words[start]))
        yield part
        start += part.words.count(" ") + 1


def _part(phrase: str, lexicon: Lexicon) -> _Part | None:
    meaning, kind = lexicon.stops.get(phrase), lexicon.wishes.get(phrase)
    if meaning is not None:
        return _Part("stop", phrase, meaning)
    if kind is not None:
        return _Part(kind, phrase)
    civil = lexicon.meaning(phrase)
    return _Part("beside_stop", phrase) if civil is not None and civil.intent in CIVIL else None


def _whole_wish(parts: Sequence[_Part], lexicon: Lexicon) -> StopWish | None:
    kinds = {part.kind for part in parts}
    unknown = [part.words for part in parts if not part.kind]
    core = None if _is_reversed(parts, lexicon) else _core_wish(parts, kinds)
    tired = not unknown and "messages" in kinds and bool(kinds & {"weary", "likely"})
    if core is None and (tired or _is_likely(parts, lexicon)):
        return StopWish(Sureness.LOW, aimed=True)
    if core is None or not unknown:
        return core
    if core.aimed and len(unknown) <= _UNKNOWN:
        return StopWish(Sureness.LOW, aimed=True)
    ends = {parts[0].words, parts[-1].words} & lexicon.signed
    numbers = all(word.isdecimal() for word in unknown)  # "STOP 2": the word is clear, whatever the number means
    signed = not _is_thing(parts, lexicon) and _is_name(" ".join(unknown), lexicon)
    if ends and len(parts) <= _NAME and (numbers or signed):
        return StopWish(Sureness.MID, aimed=False)
    is_direct = parts[0].kind == "stop" or parts[-1].words in lexicon.signed
    return StopWish(Sureness.LOW, aimed=False) if is_direct and len(unknown) <= _UNKNOWN else None


def _core_wish(parts: Sequence[_Part], kinds: set[str]) -> StopWish | None:
    """Return the wish to stop that the known words express together."""
    stop_sureness = max((part.sureness for part in parts if part.kind == "stop"), default=None)
    is_refused, is_denied = "refusing" in kinds or {"ne", "plus"} <= kinds, _is_denied_sending(parts)
    if "ours" in kinds:  # "vote stop" may be about the vote alone; "stop, I do not want to vote" hardly is
        leads = stop_sureness is not None and is_refused and _first(parts) == "stop"
        says_only_this = all(part.kind for part in parts) and Sureness.HIGH in {part.sureness for part in parts}
        sureness = Sureness.MID if leads else Sureness.LOW
        return StopWish(sureness, aimed=says_only_this) if stop_sureness is not None else None
    if (stop_sureness is not None or "ceasing" in kinds) and kinds & {"sending", "messages", "to_me"}:
        return StopWish(Sureness.MID if stop_sureness is Sureness.LOW else Sureness.HIGH, aimed=True)
    if "lists" in kinds and (stop_sureness is not None or "removing" in kinds or {"ceasing", "on_list"} <= kinds):
        return StopWish(Sureness.MID if stop_sureness is Sureness.LOW else Sureness.HIGH, aimed=True)
    if {"ended", "messages"} <= kinds <= _OVER:
        return StopWish(Sureness.MID, aimed=True)
    if "sending" in kinds and (is_refused or is_denied):
        return StopWish(Sureness.HIGH, aimed=True)
    if "messages" in kinds and (is_refused or is_denied):
        return StopWish(Sureness.HIGH if is_refused else Sureness.MID, aimed=True)
    if {"messages", "plus"} <= kinds:  # "plus de messages" means no more; "envoyez plus de messages" may mean more
        return StopWish(Sureness.MID if kinds <= _NO_MORE and _first(parts) == "plus" else Sureness.LOW, aimed=True)
    return StopWish(stop_sureness, aimed=False) if stop_sureness is not None else None


def _is_likely(parts: Sequence[_Part], lexicon: Lexicon) -> bool:
    """Return whether the message is only a complaint, perhaps a polite one ("vous me dérangez svp")."""
    words, polite = [part.words for part in parts], [part.kind == "beside_stop" for part in parts]
    starts = [start for start in range(len(words)) if all(polite[:start])]
    ends = [end for end in range(1, len(words) + 1) if all(polite[end:])]
    return any(" ".join(words[start:end]) in lexicon.likely for start in starts for end in ends)


def _is_denied_sending(parts: Sequence[_Part]) -> bool:
    """Return whether the text says not to send or write ("لا ترسلوا", "no me escriban")."""
    kinds = [part.kind for part in parts if part.kind not in ("to_me", "beside_stop")]
    return any(pair in (("not", "sending"), ("not", "messages")) for pair in pairwise(kinds))


def _first(parts: Sequence[_Part]) -> str:
    """Return the kind of the first part that is not a polite word; "" if there is none."""
    return next((part.kind for part in parts if part.kind != "beside_stop"), "")


def _is_reversed(parts: Sequence[_Part], lexicon: Lexicon) -> bool:
    """Return whether a "not" reverses the word for ceasing ("n'arrêtez pas", "non stop")."""
    is_negated = False
    for part in parts:
        if part.kind in ("stop", "ceasing") and is_negated:
            return True
        meaning = lexicon.meaning(part.words)
        negates = part.kind in ("not", "ne", "refusing") or (meaning is not None and meaning.intent == "no")
        is_negated = negates or (is_negated and part.kind in ("to_me", "beside_stop"))
    return False


def _first_line_wish(text: str, lexicon: Lexicon) -> StopWish | None:
    """Return the wish if STOP is the first line or sentence, before a signature or a reason."""
    for cut in (_LINES, _SENTENCES):
        pieces = [piece for piece in cut.split(text, maxsplit=_HEADS) if normalise(piece[:_WIDEST])]
        head_wish = stop_wish(pieces[0], lexicon) if len(pieces) > 1 and len(pieces[0]) <= _WIDEST else None
        if head_wish is not None and head_wish.sureness is Sureness.HIGH:
            rest = " ".join(pieces[1:])
            is_signed = cut is _LINES and len(rest) <= _WIDEST and _is_name(rest, lexicon)
            return StopWish(Sureness.HIGH if is_signed else Sureness.MID, head_wish.aimed)
    return None


def _clause_wish(text: str, parts: Sequence[_Part], lexicon: Lexicon) -> StopWish | None:
    """Return a LOW wish if a part of the text clearly asks for no more messages."""
    first_unknown = next((place for place, part in enumerate(parts) if not part.kind), len(parts))
    short = (piece for piece in _CLAUSES.split(text, maxsplit=_HEADS) if len(piece) <= _WIDEST)
    clauses = [piece for piece in short if 0 < len(normalise(piece).split()) <= _LONGEST]
    # the beginning of the text, and each clause ("arrêtez les messages, on veut des routes")
    candidates = [parts[:first_unknown], *(_parts(piece, lexicon) for piece in clauses if len(clauses) > 1)]
    for candidate in candidates:
        core = None if _is_reversed(candidate, lexicon) else _core_wish(candidate, {part.kind for part in candidate})
        speaks_of_messages = all(part.kind for part in candidate) and any(part.kind == "messages" for part in candidate)
        if core is not None and speaks_of_messages and core.aimed and core.sureness is Sureness.HIGH:
            return StopWish(Sureness.LOW, aimed=True)
    return None


def _is_thing(parts: Sequence[_Part], lexicon: Lexicon) -> bool:
    """Return whether the unknown words are a thing, as an article shows ("les camions", "الشاحنات")."""
    at = next((place for place, part in enumerate(parts) if not part.kind), len(parts))
    # a first name may begin like an article ("Lahcen", "لطيفة")
    if at == len(parts) or parts[at].words in lexicon.first_names:
        return False
    return any(part.words in lexicon.articles for part in parts[:at]) or bool(_ARTICLE.match(parts[at].words))


def _is_name(text: str, lexicon: Lexicon) -> bool:
    """Return whether these words may be a person's name: few, unknown, and about no theme."""
    words = normalise(text).split()
    known = lexicon.fillers | lexicon.doubts | lexicon.ands | lexicon.units | lexicon.asking
    return (
        0 < len(words) <= _NAME
        and theme_of(text) is None
        and all(len(word) >= _LETTERS and word.isalpha() and word not in known for word in words)
        and not any(lexicon.meaning(word) for word in words)
    )
