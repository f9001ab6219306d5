"""Read a command with its argument ("STATUS 3"): a number, a name or, after some commands, a longer text."""

from __future__ import annotations

import re
from itertools import islice

from api.dialogue.understand.expected import Expected, Reading
from api.dialogue.understand.values.numbers import argument_number
from api.dialogue.understand.vocabulary.lexicon import Lexicon, Sureness
from api.text.normalise import normalise

_AROUND = "#.:;,!?؟،؛()[]«»\"'"  # signs around the argument of a command
_WORD = re.compile(r"\S+")
_FEW = 3  # maximum words in a command's argument; more words are a sentence
_LONGEST_COMMAND = 12  # maximum written words that a command may consist of, separate signs included
_SPREAD = 8  # maximum written letters for each letter of a command: normalising drops doubled letters and marks


def read_command(text: str, key: str, expected: Expected, lexicon: Lexicon) -> Reading | None:
    """Read a command with its argument, the words after it ("STATUS 3", "تتبع ٣"); None if there is no command.

    The argument is kept as written, and has at most three words. A command in `expected.opens` may have a whole text.
    `key` is the normalised text.
    """
    words = key.split()
    for cut in range(min(len(words) - 1, lexicon.longest), 0, -1):
        head = lexicon.meaning(" ".join(words[:cut]))
        if head is None or head.intent not in expected.commands or head.sureness < Sureness.HIGH:
            topic = _topic(words[:cut], words[cut:], expected, lexicon)
            if topic is not None:
                return topic
            continue
        few = len(words) - cut <= _FEW
        if not few and head.intent not in expected.opens:
            return None
        command = " ".join(words[:cut])
        argument = _argument(text, command, lexicon.fillers) if few else _whole_argument(text, command)
        return Reading(intent=head.intent, argument=argument, language=head.language)
    return None


def _topic(head: list[str], rest: list[str], expected: Expected, lexicon: Lexicon) -> Reading | None:
    """Read the name of a topic followed by a number ("engagement 3"), if this topic is expected."""
    intent = lexicon.topics.get(" ".join(head))
    if intent is None or intent not in expected.topics or argument_number(" ".join(rest), lexicon) is None:
        return None
    return Reading(intent=intent, argument=" ".join(rest))


def _whole_argument(text: str, command: str) -> str | None:
    """Return all text after a command, as written; None if nothing follows."""
    ends = [match.end() for match in islice(_WORD.finditer(text), _LONGEST_COMMAND)]
    cut = next((end for end in ends if _is_command(text[:end].strip(_AROUND), command)), ends[0])
    return text[cut:].lstrip(_AROUND + " \n").rstrip() or None


def _argument(text: str, command: str, fillers: frozenset[str]) -> str | None:
    """Return the words after a command as written, but without fillers around them."""
    written = [word for chunk in text.split() if (word := chunk.strip(_AROUND))]
    places = range(1, min(len(written), _LONGEST_COMMAND))
    cut = next((at for at in places if _is_command(" ".join(written[:at]), command)), len(written) - 1)
    rest = written[cut:]
    small = [normalise(word) in fillers and len(word) > 1 for word in rest]  # a letter names an option
    while small and small[-1]:
        small.pop()
    first = small.index(False) if small else 0
    return " ".join(rest[first : len(small)]) or None


def _is_command(written: str, command: str) -> bool:
    """Return whether `written` is the command."""
    # a much longer text is not even normalised
    return len(written) <= _SPREAD * (len(command) + 1) and normalise(written) == command
