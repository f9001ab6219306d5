"""From the words of a message to a choice on offer or a known intent: labels, numbers, letters, then keywords."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.dialogue.understand import offered
from api.dialogue.understand.keywords import Keywords

GLOBAL = ("stop", "help", "start", "language")  # heard at every step, even where free text is awaited
_ACTIONS = ("back", "skip", "change", "done")
_ANSWERS = ("yes", "no")


def numbered(entries: Sequence[Sequence[Any]]) -> list[tuple[str, str]]:
    """The choices a number can name: ways out are words or buttons, never numbers."""
    return [(key, label) for key, label, action in entries if not action]


def resolve(
    text: str, entries: Sequence[Sequence[Any]], keywords: Keywords, *, free: bool
) -> tuple[str | None, str | None]:
    """The key and the intent of a typed text. STOP comes first; where `free` text is awaited few words count."""
    if keywords.means_stop(text, free=free):
        return None, "stop"
    intent = keywords.intent(text)
    key = offered.one(text, numbered(entries)) or _way_out(text, entries) or _by_intent(intent, entries)
    if key is not None:
        return key, None
    return None, None if free and intent not in GLOBAL else intent


def _way_out(text: str, entries: Sequence[Sequence[Any]]) -> str | None:
    actions = [(key, label) for key, label, action in entries if action]
    return offered.labelled(text, actions)


def _by_intent(intent: str | None, entries: Sequence[Sequence[Any]]) -> str | None:
    """A yes, a no or a way out said in another way than the label's."""
    if intent not in (*_ACTIONS, *_ANSWERS):
        return None
    found = [key for key, _, action in entries if key.endswith(f":{intent}") and (action or intent in _ANSWERS)]
    return found[0] if len(found) == 1 else None
