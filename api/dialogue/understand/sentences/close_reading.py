"""Read an answer with other words around it: greetings, reasons, negations, corrections, counts.

An answer read in this way is repeated to the person. Each stage is one file. Unwrap the text (wrapping.py). Cut it into
pieces (scanning.py, with the names in vocabulary/choice_names.py). Handle remarks (remarks.py) and unusual ways to list
choices (orders.py). Decide which pieces count (clauses.py). Decide what they choose: yes or no (yes_no.py), one or
several options (chosen.py), a step (scale_steps.py). The words are data: locales/clauses.toml, locales/thesaurus.toml.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from api.dialogue.understand.expected import Expected, Reading, Reads
from api.dialogue.understand.sentences import chosen
from api.dialogue.understand.sentences.awareness import read_awareness
from api.dialogue.understand.sentences.clauses import answer_parts
from api.dialogue.understand.sentences.greetings import asks
from api.dialogue.understand.sentences.orders import read_shown_order, spell_out
from api.dialogue.understand.sentences.pieces import Item, speaks_of_things
from api.dialogue.understand.sentences.remarks import read_remark, without_circumstances
from api.dialogue.understand.sentences.scale_steps import read_step_closely
from api.dialogue.understand.sentences.scanning import scan
from api.dialogue.understand.sentences.wrapping import unwrap
from api.dialogue.understand.sentences.yes_no import read_yes_no
from api.dialogue.understand.values.listing import counts_part
from api.dialogue.understand.vocabulary.lexicon import Lexicon
from api.dialogue.understand.vocabulary.naming import words
from api.text.normalise import fold, normalise

_SIGNED_NUMBER = re.compile(r"(?<!\d)[-−–]\s*\d")
_LONGEST = 400  # maximum letters in an answer that is read closely
_FOLDED = 2 * _LONGEST  # maximum letters once signs are spelt out
_UNCLEAR = re.compile(r"\d\s*[.٫:=]\s*\d|\d\s*[-–—]\s*\d|\?|؟")
_AMONG = re.compile(  # "2 parmi les 5 : jeunesse, femmes"
    r"^\s*(\d)\s*(?:parmi|sur|من|من بين|mn|men|out of|of|de)\s*(?:les|las|the|los)?\s*(\d)\s*[:،,]"
)
_DIVIDED = re.compile(r"\d\s*[,/]\s*\d")  # "1,3" may be a list of two or a decimal number


def read_closely(text: str, expected: Expected, lexicon: Lexicon) -> Reading | None:
    """Read the answer in a text with other words around it; None if no answer is sure."""
    if expected.careful or (not expected.listed and expected.reads is not Reads.STEP) or len(text) > _LONGEST:
        return None
    folded = _AMONG.sub(r"\1 choix :", fold(unwrap(text, lexicon)))
    if (
        len(folded) > _FOLDED
        or _UNCLEAR.search(folded)
        or (asks(text, lexicon) and asks(_before_reason(text, expected, lexicon), lexicon))
    ):
        return None
    if expected.reads is Reads.STEP:
        if _SIGNED_NUMBER.search(folded):
            return None
        return read_step_closely(folded, expected, lexicon)
    if expected.reads not in (Reads.ONE, Reads.MANY) or (expected.reads is Reads.ONE and _DIVIDED.search(folded)):
        return None
    items = scan(folded, expected, lexicon)
    if not items:
        return None
    tokens = words(folded)
    has_digits = expected.reads is Reads.ONE and any(word.isdecimal() for word in tokens)
    if not has_digits and counts_part(tokens, lexicon, len(expected.listed)):
        return None
    if expected.yes_no:
        return read_yes_no(items, expected, lexicon) or read_awareness(items, expected, lexicon)
    return _read_things(items, expected, lexicon)


def _before_reason(text: str, expected: Expected, lexicon: Lexicon) -> str:
    """Return the text before a reason."""
    if not speaks_of_things(expected):
        return text
    spoken = f" {normalise(text)} "
    # a question word in the reason does not make the answer a question
    ends = (spoken.find(f" {word} ") for word, roles in lexicon.roles.items() if "reason" in roles)
    return spoken[: min((at for at in ends if at > 0), default=len(spoken))]


def _read_things(items: Sequence[Item], expected: Expected, lexicon: Lexicon) -> Reading | None:
    """Read an answer whose choices are things, rather than yes and no; None if it is unclear."""
    items = without_circumstances(items)
    if expected.ordered and (order := read_shown_order(items, expected)) is not None:
        return order
    parts = answer_parts(spell_out(items, expected), expected)
    reading = None if parts is None else chosen.read_chosen(parts, expected)
    return reading or read_remark(items, expected, lexicon)


def mentions_choice(text: str, expected: Expected, lexicon: Lexicon) -> bool:
    """Return whether a text seems to name a choice. If it does, it is an answer, even if it begins with a greeting."""
    if expected.reads not in (Reads.ONE, Reads.MANY) or not expected.listed or len(text) > _LONGEST:
        return False
    folded = fold(unwrap(text, lexicon))
    items = scan(folded, expected, lexicon) or () if len(folded) <= _FOLDED else ()
    return any(
        item.kind in ("place", "name") or (item.kind == "polar" and item.words in lexicon.heads) for item in items
    )
