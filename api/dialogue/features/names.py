"""Finds the thing named after a command, such as "transparence" in "FOLLOW transparence"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from api.dialogue.understand.vocabulary.naming import bare
from api.text.normalise import normalise


def match_name(argument: str, names: Mapping[str, Iterable[str]]) -> str | None:
    """Return the key of the thing that `argument` names; None if no single thing matches.

    `names` gives the names of each thing, in any language. If no name equals `argument`, a name that contains all its
    words matches. Articles and the plural s do not matter.
    """
    wanted_name = bare(normalise(argument))
    names_by_key = {key: [bare(normalise(name)) for name in each] for key, each in names.items()}
    exact = [key for key, each in names_by_key.items() if wanted_name in each]
    words = set(wanted_name.split())
    matches = exact or [
        key for key, each in names_by_key.items() if words and any(words <= set(name.split()) for name in each)
    ]
    return matches[0] if len(matches) == 1 else None
