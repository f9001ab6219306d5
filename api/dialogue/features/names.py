"""What a name written behind a word means among several things, as "transparence" in "FOLLOW transparence"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from api.dialogue.understand.vocabulary.naming import bare
from api.text.normalise import normalise


def match_name(argument: str, names: Mapping[str, Iterable[str]]) -> str | None:
    """The key whose name this is, or the only one that has all of its words; None where none or several are meant.

    `names` are the names of each key, in any languages; articles and the s of a plural do not matter.
    """
    wanted = bare(normalise(argument))
    known = {key: [bare(normalise(name)) for name in each] for key, each in names.items()}
    whole = [key for key, each in known.items() if wanted in each]
    words = set(wanted.split())
    found = whole or [key for key, each in known.items() if words and any(words <= set(name.split()) for name in each)]
    return found[0] if len(found) == 1 else None
