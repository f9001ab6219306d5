"""The words residents type, as data: `locales/keywords.toml`, loaded once and checked for collisions."""

from __future__ import annotations

import tomllib
from pathlib import Path

from api.dialogue.understand.normalise import normalise
from api.errors import Invalid

_STOP_WORDS = 3  # a first word means STOP only in a message this short


class Keywords:
    """Which intent a whole message names."""

    def __init__(self, path: Path) -> None:
        """Read the table. Raises Invalid where one key would mean two things."""
        self._intents: dict[str, str] = {}
        for intent, levels in tomllib.loads(path.read_text(encoding="utf-8")).items():
            for word in (word for lists in levels.values() for words in lists.values() for word in words):
                self._add(normalise(word), intent)

    def intent(self, text: str) -> str | None:
        """The intent of a message that is nothing but one of the words."""
        return self._intents.get(normalise(text))

    def means_stop(self, text: str, *, free: bool) -> bool:
        """Whether this asks to stop: the whole message, or its first word where it is short and not `free` text."""
        if self.intent(text) == "stop":
            return True
        words = normalise(text).split()
        return not free and 1 < len(words) <= _STOP_WORDS and self._intents.get(words[0]) == "stop"

    def _add(self, key: str, intent: str) -> None:
        if self._intents.setdefault(key, intent) != intent:
            raise Invalid(f"the keyword {key!r} means both {intent} and {self._intents[key]}")
