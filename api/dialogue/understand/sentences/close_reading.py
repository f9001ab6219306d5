"""An answer with something around it: greetings, reasons, negations, corrections, counts. What is taken is repeated.

The stages, each in its file: unwrapping (wrapping.py), cutting into pieces (scanning.py, with all that a choice may be
called from dialogue/understand/vocabulary/choice_names.py), what is said beside them (remarks.py) or instead of naming
each (orders.py), which pieces count (clauses.py), and what they choose: yes or no (yes_no.py), one or several
(chosen.py), a step (scale_steps.py). Their words are data: locales/clauses.toml, locales/thesaurus.toml.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from api.dialogue.understand.expected import Expected, Reading, Reads
from api.dialogue.understand.sentences import chosen
from api.dialogue.understand.sentences.awareness import heard
from api.dialogue.understand.sentences.clauses import clauses
from api.dialogue.understand.sentences.greetings import asks
from api.dialogue.understand.sentences.orders import shown, spelt_out
from api.dialogue.understand.sentences.pieces import Item, speaks_of_things
from api.dialogue.understand.sentences.remarks import remarked, without_circumstances
from api.dialogue.understand.sentences.scale_steps import stepped
from api.dialogue.understand.sentences.scanning import scanned
from api.dialogue.understand.sentences.wrapping import unwrapped
from api.dialogue.understand.sentences.yes_no import polar
from api.dialogue.understand.values.listing import some_of
from api.dialogue.understand.vocabulary.lexicon import Lexicon
from api.dialogue.understand.vocabulary.naming import words
from api.text.normalise import fold, normalise

_SIGNED_NUMBER = re.compile(r"(?<!\d)[-−–]\s*\d")
_LONGEST = 400  # letters of an answer that is looked at so closely
_FOLDED = 2 * _LONGEST  # of these, once signs are spelt out
_UNCLEAR = re.compile(r"\d\s*[.٫:=]\s*\d|\d\s*[-–—]\s*\d|\?|؟")
_AMONG = re.compile(  # "2 parmi les 5 : jeunesse, femmes"
    r"^\s*(\d)\s*(?:parmi|sur|من|من بين|mn|men|out of|of|de)\s*(?:les|las|the|los)?\s*(\d)\s*[:،,]"
)
_DIVIDED = re.compile(r"\d\s*[,/]\s*\d")  # "1,3" lists two, or is one number and a bit


def closely(text: str, expected: Expected, lexicon: Lexicon) -> Reading | None:
    """The answer a text holds, if it surely holds one; None otherwise."""
    if expected.careful or (not expected.listed and expected.reads is not Reads.STEP) or len(text) > _LONGEST:
        return None
    folded = _AMONG.sub(r"\1 choix :", fold(unwrapped(text, lexicon)))
    if (
        len(folded) > _FOLDED
        or _UNCLEAR.search(folded)
        or (asks(text, lexicon) and asks(_before_reason(text, expected, lexicon), lexicon))
    ):
        return None
    if expected.reads is Reads.STEP:
        if _SIGNED_NUMBER.search(folded):
            return None
        return stepped(folded, expected, lexicon)
    if expected.reads not in (Reads.ONE, Reads.MANY) or (expected.reads is Reads.ONE and _DIVIDED.search(folded)):
        return None
    items = scanned(folded, expected, lexicon)
    if not items:
        return None
    said = words(folded)
    digits = expected.reads is Reads.ONE and any(word.isdecimal() for word in said)
    if not digits and some_of(said, lexicon, len(expected.listed)):
        return None
    if expected.yes_no:
        return polar(items, expected, lexicon) or heard(items, expected, lexicon)
    return _things(items, expected, lexicon)


def _before_reason(text: str, expected: Expected, lexicon: Lexicon) -> str:
    """What is said before the reason of a choice among things: a word that asks is no question behind it."""
    if not speaks_of_things(expected):
        return text
    spoken = f" {normalise(text)} "
    ends = (spoken.find(f" {word} ") for word, roles in lexicon.roles.items() if "reason" in roles)
    return spoken[: min((at for at in ends if at > 0), default=len(spoken))]


def _things(items: Sequence[Item], expected: Expected, lexicon: Lexicon) -> Reading | None:
    """The choice or choices among things."""
    items = without_circumstances(items)
    if expected.ordered and (order := shown(items, expected)) is not None:
        return order
    parts = clauses(spelt_out(items, expected), expected)
    found = None if parts is None else chosen.chosen(parts, expected)
    return found or remarked(items, expected, lexicon)


def mentions(text: str, expected: Expected, lexicon: Lexicon) -> bool:
    """Whether an answer seems to be in a text, so that its greeting is not all that it says."""
    if expected.reads not in (Reads.ONE, Reads.MANY) or not expected.listed or len(text) > _LONGEST:
        return False
    folded = fold(unwrapped(text, lexicon))
    items = scanned(folded, expected, lexicon) or () if len(folded) <= _FOLDED else ()
    return any(
        item.kind in ("place", "name") or (item.kind == "polar" and item.words in lexicon.heads) for item in items
    )
