"""A command with what is written behind it: a number, a name, or where nothing is being answered a whole text."""

from __future__ import annotations

import re
from itertools import islice

from api.dialogue.understand.expected import Expected, Reading
from api.dialogue.understand.values.numbers import behind
from api.dialogue.understand.vocabulary.lexicon import Lexicon, Sureness
from api.text.normalise import normalise

_AROUND = "#.:;,!?؟،؛()[]«»\"'"  # signs around what is written behind a command
_WORD = re.compile(r"\S+")
_BEHIND = 3  # words behind a command that are what it is about; more are a sentence
_BEFORE = 12  # written words that a command may be made of, signs among them
_SPREAD = 8  # written letters for each letter of a command: doubled ones and marks are dropped from it


def commanded(text: str, key: str, expected: Expected, lexicon: Lexicon) -> Reading | None:
    """A command with a few words behind it, which are taken as they were written ("STATUS 3", "تتبع ٣")."""
    words = key.split()
    for cut in range(min(len(words) - 1, lexicon.longest), 0, -1):
        head = lexicon.meaning(" ".join(words[:cut]))
        if head is None or head.intent not in expected.commands or head.sureness < Sureness.HIGH:
            topic = _topic(words[:cut], words[cut:], expected, lexicon)
            if topic is not None:
                return topic
            continue
        few = len(words) - cut <= _BEHIND
        if not few and head.intent not in expected.opens:
            return None
        command = " ".join(words[:cut])
        argument = _behind(text, command, lexicon.fillers) if few else _whole(text, command)
        return Reading(intent=head.intent, argument=argument, language=head.language)
    return None


def _topic(head: list[str], rest: list[str], expected: Expected, lexicon: Lexicon) -> Reading | None:
    """A thing of ours by its name and number ("engagement 3"), where that is no choice of what is asked."""
    intent = lexicon.topics.get(" ".join(head))
    if intent is None or intent not in expected.topics or behind(" ".join(rest), lexicon) is None:
        return None
    return Reading(intent=intent, argument=" ".join(rest))


def _whole(text: str, command: str) -> str | None:
    """A whole text behind a command, as it was written."""
    ends = [found.end() for found in islice(_WORD.finditer(text), _BEFORE)]
    cut = next((end for end in ends if _is(text[:end].strip(_AROUND), command)), ends[0])
    return text[cut:].lstrip(_AROUND + " \n").rstrip() or None


def _behind(text: str, command: str, fillers: frozenset[str]) -> str | None:
    """What was written behind a command, without small words around it; None where nothing else is left."""
    written = [word for each in text.split() if (word := each.strip(_AROUND))]
    places = range(1, min(len(written), _BEFORE))
    cut = next((at for at in places if _is(" ".join(written[:at]), command)), len(written) - 1)
    rest = written[cut:]
    small = [normalise(word) in fillers and len(word) > 1 for word in rest]  # a letter names an option
    while small and small[-1]:
        small.pop()
    first = small.index(False) if small else 0
    return " ".join(rest[first : len(small)]) or None


def _is(written: str, command: str) -> bool:
    """Whether this is the command as it was written; what is far too long for it is not even looked at."""
    return len(written) <= _SPREAD * (len(command) + 1) and normalise(written) == command
