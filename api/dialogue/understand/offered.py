"""Understanding an answer against what was last offered: by label, by number in any digits, by letter."""

from __future__ import annotations

import re
from collections.abc import Sequence

from api.dialogue.understand.normalise import normalise

Offered = Sequence[Sequence[str]]  # (key, label) as they were shown

_FILLERS = {"رقم", "الخيار", "خيار", "option", "choix", "numero", "n", "utun", "no"}
_LETTERS = {letter: place for letters in ("abcdefgh", "ابجد") for place, letter in enumerate(letters)}
_AND = {"et", "و", "and", "d"}
_NUMBER = re.compile(r"-?\d{1,15}(?:[.,]\d{1,9})?")


def one(text: str, offered: Offered) -> str | None:
    """The key of the one choice this text names, or None; never a guess."""
    return labelled(text, offered) or _placed(normalise(text), offered)


def labelled(text: str, offered: Offered) -> str | None:
    """The key of the one choice whose label this is, in any script, case or marks."""
    said = normalise(text)
    found = [key for key, label in offered if normalise(label) == said]
    return found[0] if said and len(found) == 1 else None


def several(text: str, offered: Offered) -> tuple[str, ...]:
    """The keys this text names in its order ("1 3 4", "1,3", "1 و 3"), or nothing where any part is not understood."""
    single = one(text, offered)
    if single is not None:
        return (single,)
    parts = [part for part in normalise(text).split() if part not in _AND]
    keys = [_placed(part, offered) for part in parts]
    if not keys or None in keys or len(set(keys)) != len(keys):
        return ()
    return tuple(key for key in keys if key is not None)


def number(text: str) -> float | None:
    """The number that is the whole message, in any digits, with a decimal point or comma."""
    digits = "".join(_western(letter) for letter in text.strip()).replace("٫", ".")
    if not _NUMBER.fullmatch(digits):
        return None
    return float(digits.replace(",", "."))


def _placed(said: str, offered: Offered) -> str | None:
    words = [word for word in said.split() if word not in _FILLERS] if " " in said else [said]
    if len(words) != 1:
        return None
    word = words[0]
    place = int(word) - 1 if word.isdecimal() and len(word) < 4 else _LETTERS.get(word, -1)
    return offered[place][0] if 0 <= place < len(offered) else None


def _western(letter: str) -> str:
    return str(int(letter)) if letter.isdecimal() else letter
