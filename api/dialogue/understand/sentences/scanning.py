"""Cut a longer answer into pieces: choices, reasons, negations, corrections, fillers and unknown words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from api.dialogue.understand.expected import Expected, Reads
from api.dialogue.understand.sentences.greetings import CIVIL
from api.dialogue.understand.sentences.phrases import position_of
from api.dialogue.understand.sentences.pieces import BREAK, Item, speaks_of_things
from api.dialogue.understand.sentences.remarks import resolve_remarks
from api.dialogue.understand.sentences.wrapping import is_known_name
from api.dialogue.understand.values.listing import expand_ranges
from api.dialogue.understand.vocabulary.choice_names import ChoiceVocabulary, choice_vocabulary
from api.dialogue.understand.vocabulary.lexicon import Lexicon
from api.dialogue.understand.vocabulary.naming import words
from api.dialogue.understand.vocabulary.reading_cache import forgettable
from api.dialogue.understand.vocabulary.spellings import forms

_BREAK = re.compile(
    r"[,;:.!()\[\]\n\r،؛…\"«»“”*|_+&/]|(?<=\s)[-–—]+(?=\s)|(?<=\d)\s*[-–—]\s*(?=[^\W\d])|[-–—](?=\s)|^[-–—]+"
)
_GLUED = re.compile(r"(\d{1,2})([^\W\d_]{3,})|([^\W\d_]{2,})(\d{1,2})")
_SHORT = 3  # minimum letters in each of two names glued together with "and"
_GLUED_AND = 3  # only from words longer than this is a glued "and" cut off
_OTHERS = ("firsts", "lasts", "ages", "spoils")
_BESIDE = frozenset(("beside", "worn"))
_FOLLOWS = frozenset(("follows_yes", "follows_no", "highest", "lowest", "would"))
_LOOSE = ("de", "du", "des", "d", "et", "la")  # after a name, they belong to the next words
_JOINED = 4  # minimum letters in a name written together with another
_COPULAS = ("est", "sont", "c est", "es", "son", "is", "are")
_LONGEST = 6  # maximum words in a phrase
_WIDEST = 120  # maximum letters in a phrase
_LONG = 24  # maximum letters in a word that may be two words written together
MOST = 40  # maximum words in an answer that is read closely
_ROLES = ("fix", "sorry", "aside", "than", "reason", "but", "counted", "all", "except", "not")
_TOPICS = ("meetings", "vote", "idea", "proposal", "status", "link", "detail")  # intents that a yes may be about
_TITLE = "mr"  # before any name; "3 m" is a length


@forgettable
@lru_cache(maxsize=16)
def scan(folded: str, expected: Expected, lexicon: Lexicon) -> tuple[Item, ...] | None:
    """Return the pieces (items) of a folded text in order; None if the text is too long for an answer."""
    lookup = _Scan(expected, lexicon)
    items: list[Item] = []
    count = 0
    segments = [words(segment) for segment in _BREAK.split(folded)]
    if sum(map(len, segments)) > MOST:
        return None
    for segment in segments:
        tokens = [part for word in segment for part in lookup.split_glued(word)]
        if expected.reads is Reads.MANY:
            tokens = expand_ranges(tokens, expected, lexicon)
        count += len(tokens)
        if count > MOST:
            return None
        if tokens:
            items += [*lookup.items(tokens), BREAK]
    return tuple(resolve_remarks(items[:-1], lexicon))


class _Scan:
    """The lookup of an answer's words, among the choices offered and in the word lists."""

    def __init__(self, expected: Expected, lexicon: Lexicon) -> None:
        self.expected, self.lexicon = expected, lexicon
        # If the choices are places, the name of a place may be the answer.
        self.may_be_signed = expected.yes_no or speaks_of_things(expected)
        self.vocabulary: ChoiceVocabulary = choice_vocabulary(expected.listed, lexicon.thesaurus)
        self.looked_up: dict[str, Item | None] = {}

    def items(self, tokens: list[str]) -> Iterator[Item]:
        """Yield the pieces of a text from left to right. Each piece is the longest phrase known at its place."""
        start, before = 0, ""
        while start < len(tokens):
            sizes = range(min(_LONGEST, len(tokens) - start), 0, -1)
            candidates = (self.item(" ".join(tokens[start : start + size])) for size in sizes)
            item = next((candidate for candidate in candidates if candidate is not None), Item("", tokens[start]))
            yield self.in_context(before, item, " ".join(tokens[start + 1 : start + 2]))
            before = item.words
            start += item.words.count(" ") + 1

    def in_context(self, before: str, item: Item, after: str) -> Item:
        """Return the item, with its kind changed if the words around it give it another meaning.

        If the item is a description ("est bonne") or a refusing "no", it becomes a "doubt".
        """
        roles = self.lexicon.roles.get(item.words, frozenset())
        describes = before in _COPULAS and "beside" in roles and "worn" not in roles
        if item.words == _TITLE and item.kind == "":
            return replace(item, kind="person")
        # before a number, "no" is short for "number"
        is_refusal = item.words == "no" and item.kind == "fill" and not after.isdecimal()
        return replace(item, kind="doubt") if describes or is_refusal else item

    def item(self, phrase: str) -> Item | None:
        """Return the item for a phrase; None if it is unknown. Each phrase is looked up only once."""
        if len(phrase) > _WIDEST:
            return None
        if phrase not in self.looked_up:
            self.looked_up[phrase] = self._item(phrase)
        return self.looked_up[phrase]

    def _item(self, phrase: str) -> Item | None:
        person = self.may_be_signed and is_known_name(phrase, self.lexicon) and phrase not in self.vocabulary.phrases
        roles = self.lexicon.roles.get(phrase, frozenset())
        role = next((each for each in _ROLES if each in roles), None)
        if role == "aside" and not speaks_of_things(self.expected):
            role = None
        if phrase not in self.vocabulary.own:
            role_item = self._order_word(phrase, roles) or (Item(role, phrase) if role is not None else None)
            if role_item is not None:
                return role_item
        choice = None if person else self._yes_or_no(phrase) or self._choice_name(phrase)
        item = choice or self._position(phrase)
        item = item or (Item("person", phrase) if person else self._other_item(phrase, roles))
        if item is None and phrase.startswith("و") and len(phrase) > _GLUED_AND:
            item = self.item(phrase[1:])  # "وشكرا"
        return replace(item, words=phrase) if item is not None else None

    def _order_word(self, phrase: str, roles: frozenset[str]) -> Item | None:
        """Return the item for a word that is about an order or begins a conclusion; None for any other word."""
        if not speaks_of_things(self.expected):
            return None
        if "hence" in roles:
            return Item("hence", phrase)
        if self.expected.reads is not Reads.MANY:
            return None
        kind = next((role for role in ("rest", "takes_out", "puts_in") if role in roles), None)
        if kind is not None:
            is_filler = kind == "puts_in" and self.expected.ordered
            return Item("fill" if is_filler else kind, phrase)
        if "then" in roles or ("before" in roles and self.expected.ordered):
            return Item("and", phrase)
        if not self.expected.ordered:
            return None
        listed = self.expected.listed
        for role, place in (("opening", 1), ("closing", len(listed))):
            if role in roles:
                return Item("ordinal", phrase, listed[place - 1].key, number=place)
        return next((Item(role, phrase) for role in ("as_shown", "turned") if role in roles), None)

    def _choice_name(self, phrase: str) -> Item | None:
        loose = " " in phrase and phrase.rsplit(" ", 1)[-1] in _LOOSE and phrase not in self.vocabulary.own
        if loose or (not self.expected.lettered and len(phrase) == 1):
            return None
        mention = self.vocabulary.phrases.get(phrase)
        if mention is None and (self.expected.yes_no or self._is_function_word(phrase)):
            return None  # fillers are not compared by sound
        mention = mention or self.vocabulary.meaning(phrase)
        return Item("name", phrase, mention.key, mention.sureness) if mention is not None else None

    def _is_function_word(self, phrase: str) -> bool:
        lexicon = self.lexicon
        known = (
            lexicon.fillers,
            lexicon.ands,
            lexicon.doubts,
            lexicon.weights,
            lexicon.numbers,
            lexicon.ordinals,
            lexicon.roles,
        )
        return any(phrase in each for each in known) or lexicon.meaning(phrase) is not None

    def _yes_or_no(self, phrase: str) -> Item | None:
        meaning = self.lexicon.meaning(phrase)
        if not self.expected.yes_no or meaning is None or meaning.intent not in ("yes", "no") or len(phrase) == 1:
            return None  # "y" and "n" are answers only by themselves
        offer = self.expected.by_value(meaning.intent)
        return Item("polar", phrase, offer.key, meaning.sureness) if offer is not None else None

    def _position(self, phrase: str) -> Item | None:
        place = position_of(phrase, self.lexicon, lettered=False)
        if place is None and phrase.startswith("و"):
            place = position_of(phrase[1:], self.lexicon, lettered=False)
        if place is None and self.expected.reads is Reads.MANY and phrase.startswith("ال"):
            place = self.lexicon.numbers.get(phrase[2:])
            place = place if place is not None and place > 2 else None  # "الأربعة": all four, if there are four
        if place is None:
            return None
        listed = self.expected.listed
        position = len(listed) + 1 + place if place < 0 else place
        ordinals = self.lexicon.ordinals
        kind = "ordinal" if phrase in ordinals or phrase.removeprefix("و") in ordinals else "place"
        return Item(kind, phrase, listed[position - 1].key if 1 <= position <= len(listed) else "", number=position)

    def _other_item(self, phrase: str, roles: frozenset[str]) -> Item | None:
        lexicon = self.lexicon
        if phrase in lexicon.ands:
            return Item("and", phrase)
        meaning = lexicon.meaning(phrase)
        if meaning is not None and meaning.intent in CIVIL:
            return Item("fill", phrase)
        other = next((each for each in _OTHERS if each in roles), None)
        if other is not None:
            return Item(other, phrase)
        if phrase in lexicon.doubts:  # "les deux" is a count if several may be chosen
            is_count = (
                speaks_of_things(self.expected)
                and " " in phrase
                and (phrase.split()[-1] in lexicon.numbers or phrase[-1].isdecimal())
            )
            return None if is_count else Item("doubt", phrase)
        tokens = phrase.split()
        gives_reason = len(tokens) > 1 and "reason" in lexicon.roles.get(tokens[0], ())  # "pour mes" begins a reason
        is_filler = not self.expected.yes_no and not gives_reason and all(word in lexicon.fillers for word in tokens)
        is_giving = "gives" in roles and self.expected.reads is Reads.STEP
        if is_filler or is_giving or "hedge" in roles or phrase in lexicon.fillers:
            return Item("fill", phrase)
        if phrase in lexicon.weights if self.expected.yes_no else roles & _BESIDE:
            return Item("fill", phrase)
        if phrase in lexicon.units:
            return Item("spoils", phrase)
        if meaning is not None and not (self.expected.yes_no and meaning.intent in _TOPICS):
            return Item("doubt", phrase)  # yes, no or a command, although a choice is asked
        if phrase in lexicon.thesaurus.themes and speaks_of_things(self.expected):
            return Item("other", phrase)  # a thing that is not on offer
        return Item("", phrase) if " " in phrase and roles & _FOLLOWS else None

    def split_glued(self, word: str) -> tuple[str, ...]:
        """Split a glued word: a number and a word ("1leau"), two names, or two words around "and"."""
        if self.item(word) is not None or len(word) > _LONG:
            return (word,)
        match = _GLUED.fullmatch(word)
        if match:
            parts = tuple(part for part in match.groups() if part)
            return parts if all(self.item(part) is not None for part in parts) else (word,)
        reads_several = self.expected.reads is Reads.MANY
        for at in range(_JOINED, len(word) - _JOINED + 1 if reads_several else 0):
            if self.vocabulary.phrases.get(word[:at]) and self.vocabulary.phrases.get(word[at:]):
                return (word[:at], word[at:])  # "emploijeunesse"
        at = word.find("ال", _JOINED) if reads_several else -1
        if at > 0 and self._choice_name(word[:at]) and self._choice_name(word[at:]):
            return (word[:at], word[at:])  # "السبيطارالمدرسة"
        for at in range(2, len(word) - 2):
            parts = (word[:at], word[at + 1 :])
            if word[at] == "و" and all(self._is_plain(part) for part in parts):
                return (parts[0], "و", parts[1])
            joined = reads_several and word[at] in "ow" and min(map(len, parts)) >= _SHORT
            if joined and all(map(self._is_exact_name, parts)):
                return (parts[0], "w", parts[1])  # "lmaotri9"
        return (word,)

    def _is_exact_name(self, word: str) -> bool:
        """Return whether a word is exactly the name of a choice, and does not just sound like one."""
        return any(self.vocabulary.phrases.get(form) is not None for form in forms(word))

    def _is_plain(self, word: str) -> bool:
        item = self.item(word)
        return item is not None and (item.chooses or item.kind == "fill")
