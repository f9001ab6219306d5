"""STOP in people's own words: how surely a message is a wish to get no more messages. Pure.

A message counts only if nothing else is in it: STOP with politeness, a repetition or a signature, or a sentence made of
"cease" or "no more" and "send" or "messages", or of removing oneself from a list. Anything beside these makes it less
sure, never more.
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

_LONGEST = 16  # words of a wish to stop
_WIDEST = 320  # letters of these words, as they are written
_HEADS = 8  # lines or sentences that are looked at by themselves; the others are one
_PHRASE = 5  # words of a phrase of the lists
_STRANGE = 2  # unknown words beside a wish that is still asked back
_NAME = 3  # words of a signature
_LETTERS = 2  # of a name
_OVER = frozenset(("ended", "messages", "beside_stop"))
_NO_MORE = frozenset(("plus", "messages", "beside_stop"))
_SENTENCES = re.compile(r"[.!\n\r]+")
_CLAUSES = re.compile(r"[,،;؛:.!?؟\n\r]+")
_LINES = re.compile(r"[\n\r]+")
_ARTICLE = re.compile(r"ال|ل|l[^aeiouy]")  # as it grows together with a word, once normalised


class Wish(NamedTuple):
    """A wish to stop: HIGH anywhere; MID where a choice is asked, and likely in a free text; LOW is asked back.

    It is `aimed` if it speaks of messages or of sending them; a free text with a lone everyday word does not.
    """

    sureness: Sureness
    aimed: bool


def wish(text: str, lexicon: Lexicon) -> Wish | None:
    """How surely this message is a wish to stop; None if it is none."""
    whole = lexicon.meaning(normalise(text))
    if whole is not None:
        return Wish(whole.sureness, aimed=False) if whole.intent == "stop" else None
    found = _parts(text, lexicon) if len(normalise(text).split()) <= _LONGEST else []
    tried = (_read(found, lexicon), _headed(text, lexicon), _led(text, found, lexicon))
    wishes = [each for each in tried if each is not None]
    surest = max(wishes, default=None)
    return Wish(Sureness.LOW, surest.aimed) if surest is not None and asks(text, lexicon) else surest


def refuses(text: str, lexicon: Lexicon) -> bool:
    """Whether this says "I do not want" and nothing else: a no to what is asked, or else likely a wish to stop."""
    said = normalise(text)
    parts = _parts(text, lexicon) if len(said.split()) <= _LONGEST and not asks(text, lexicon) else []
    kinds = {part.kind for part in parts}
    return "refusing" in kinds and kinds <= {"refusing", "beside_stop", "ne", "to_me"}


class _Part(NamedTuple):
    kind: str  # a list of grammar.toml, "stop", or "" for an unknown word
    words: str
    sureness: Sureness = Sureness.LOW


def _parts(text: str, lexicon: Lexicon) -> list[_Part]:
    return list(_cut([plural(word) for word in normalise(text).split()], lexicon))


def _cut(words: Sequence[str], lexicon: Lexicon) -> Iterator[_Part]:
    """The text in known phrases, the longest first."""
    start = 0
    while start < len(words):
        sizes = range(min(_PHRASE, len(words) - start), 0, -1)
        tried = (_part(" ".join(words[start : start + size]), lexicon) for size in sizes)
        part = next(filter(None, tried), _Part("", words[start]))
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


def _read(parts: Sequence[_Part], lexicon: Lexicon) -> Wish | None:
    kinds = {part.kind for part in parts}
    strange = [part.words for part in parts if not part.kind]
    core = None if _turned_around(parts, lexicon) else _core(parts, kinds)
    tired = not strange and "messages" in kinds and bool(kinds & {"weary", "likely"})
    if core is None and (tired or _is_likely(parts, lexicon)):
        return Wish(Sureness.LOW, aimed=True)
    if core is None or not strange:
        return core
    if core.aimed and len(strange) <= _STRANGE:
        return Wish(Sureness.LOW, aimed=True)
    ends = {parts[0].words, parts[-1].words} & lexicon.signed
    numbers = all(word.isdecimal() for word in strange)  # "STOP 2": the word is plain, whatever the number answers
    signed = not _is_thing(parts, lexicon) and _is_name(" ".join(strange), lexicon)
    if ends and len(parts) <= _NAME and (numbers or signed):
        return Wish(Sureness.MID, aimed=False)
    told = parts[0].kind == "stop" or parts[-1].words in lexicon.signed
    return Wish(Sureness.LOW, aimed=False) if told and len(strange) <= _STRANGE else None


def _core(parts: Sequence[_Part], kinds: set[str]) -> Wish | None:
    """What the known words say together."""
    sure = max((part.sureness for part in parts if part.kind == "stop"), default=None)
    refused, denied = "refusing" in kinds or {"ne", "plus"} <= kinds, _denied(parts)
    if "ours" in kinds:  # "vote stop" may be about the vote alone; "stop, I do not want to vote" hardly is
        led = sure is not None and refused and _first(parts) == "stop"
        alone = all(part.kind for part in parts) and Sureness.HIGH in {part.sureness for part in parts}
        return Wish(Sureness.MID if led else Sureness.LOW, aimed=alone) if sure is not None else None
    if (sure is not None or "ceasing" in kinds) and kinds & {"sending", "messages", "to_me"}:
        return Wish(Sureness.MID if sure is Sureness.LOW else Sureness.HIGH, aimed=True)
    if "lists" in kinds and (sure is not None or "removing" in kinds or {"ceasing", "on_list"} <= kinds):
        return Wish(Sureness.MID if sure is Sureness.LOW else Sureness.HIGH, aimed=True)
    if {"ended", "messages"} <= kinds <= _OVER:
        return Wish(Sureness.MID, aimed=True)
    if "sending" in kinds and (refused or denied):
        return Wish(Sureness.HIGH, aimed=True)
    if "messages" in kinds and (refused or denied):
        return Wish(Sureness.HIGH if refused else Sureness.MID, aimed=True)
    if {"messages", "plus"} <= kinds:  # "plus de messages" says no more; "envoyez plus de messages" may say more
        return Wish(Sureness.MID if kinds <= _NO_MORE and _first(parts) == "plus" else Sureness.LOW, aimed=True)
    return Wish(sure, aimed=False) if sure is not None else None


def _is_likely(parts: Sequence[_Part], lexicon: Lexicon) -> bool:
    """Whether nothing but a complaint is said, politeness aside ("vous me dérangez svp")."""
    words, small = [part.words for part in parts], [part.kind == "beside_stop" for part in parts]
    starts = [start for start in range(len(words)) if all(small[:start])]
    ends = [end for end in range(1, len(words) + 1) if all(small[end:])]
    return any(" ".join(words[start:end]) in lexicon.likely for start in starts for end in ends)


def _denied(parts: Sequence[_Part]) -> bool:
    """Whether a "not" stands before what is sent ("لا ترسلوا", "no me escriban")."""
    kinds = [part.kind for part in parts if part.kind not in ("to_me", "beside_stop")]
    return any(pair in (("not", "sending"), ("not", "messages")) for pair in pairwise(kinds))


def _first(parts: Sequence[_Part]) -> str:
    """The kind of the first word that is no greeting."""
    return next((part.kind for part in parts if part.kind != "beside_stop"), "")


def _turned_around(parts: Sequence[_Part], lexicon: Lexicon) -> bool:
    """Whether a "not" stands before the word for ceasing ("n'arrêtez pas", "non stop")."""
    negated = False
    for part in parts:
        if part.kind in ("stop", "ceasing") and negated:
            return True
        meaning = lexicon.meaning(part.words)
        no = part.kind in ("not", "ne", "refusing") or (meaning is not None and meaning.intent == "no")
        negated = no or (negated and part.kind in ("to_me", "beside_stop"))
    return False


def _headed(text: str, lexicon: Lexicon) -> Wish | None:
    """STOP as a line or sentence by itself, with a signature or a reason below it."""
    for cut in (_LINES, _SENTENCES):
        pieces = [piece for piece in cut.split(text, maxsplit=_HEADS) if normalise(piece[:_WIDEST])]
        found = wish(pieces[0], lexicon) if len(pieces) > 1 and len(pieces[0]) <= _WIDEST else None
        if found is not None and found.sureness is Sureness.HIGH:
            rest = " ".join(pieces[1:])
            signed = cut is _LINES and len(rest) <= _WIDEST and _is_name(rest, lexicon)
            return Wish(Sureness.HIGH if signed else Sureness.MID, found.aimed)
    return None


def _led(text: str, parts: Sequence[_Part], lexicon: Lexicon) -> Wish | None:
    """A wish that speaks of messages, with more said before or after it: likely, whatever else they say.

    It is a clause by itself ("arrêtez les messages, on veut des routes"), or the beginning of the message.
    """
    strange = next((place for place, part in enumerate(parts) if not part.kind), len(parts))
    short = (piece for piece in _CLAUSES.split(text, maxsplit=_HEADS) if len(piece) <= _WIDEST)
    clauses = [piece for piece in short if 0 < len(normalise(piece).split()) <= _LONGEST]
    tried = [parts[:strange], *(_parts(piece, lexicon) for piece in clauses if len(clauses) > 1)]
    for each in tried:
        core = None if _turned_around(each, lexicon) else _core(each, {part.kind for part in each})
        known = all(part.kind for part in each) and any(part.kind == "messages" for part in each)
        if core is not None and known and core.aimed and core.sureness is Sureness.HIGH:
            return Wish(Sureness.LOW, aimed=True)
    return None


def _is_thing(parts: Sequence[_Part], lexicon: Lexicon) -> bool:
    """Whether the unknown words begin with an article, apart or grown together with them ("les camions", "الشاحنات").

    A first name that people have is none, whatever it begins with ("Lahcen", "لطيفة").
    """
    at = next((place for place, part in enumerate(parts) if not part.kind), len(parts))
    if at == len(parts) or parts[at].words in lexicon.first_names:
        return False
    return any(part.words in lexicon.articles for part in parts[:at]) or bool(_ARTICLE.match(parts[at].words))


def _is_name(text: str, lexicon: Lexicon) -> bool:
    """Whether these words may be somebody's name: few, none of them known, none that a theme is known by."""
    words = normalise(text).split()
    known = lexicon.fillers | lexicon.doubts | lexicon.ands | lexicon.units | lexicon.asking
    return (
        0 < len(words) <= _NAME
        and theme_of(text) is None
        and all(len(word) >= _LETTERS and word.isalpha() and word not in known for word in words)
        and not any(lexicon.meaning(word) for word in words)
    )
