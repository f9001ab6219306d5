"""Validates the ids and texts in an update.

The library would accept any JSON value as an id, and Sawt would then store it as a resident's address.
"""

from __future__ import annotations

from typing import Any

MOST = 2**52  # an id has at most 52 significant bits (Bot API, User and Chat)
_WORDS = ("text", "caption")
_PEOPLE, _CHATS = ("from", "user"), ("chat", "sender_chat")


def is_id(value: Any) -> bool:
    """Return whether a value is a valid id of a person or an update: a positive int."""
    return type(value) is int and 0 < value < MOST


def is_sound(raw: Any) -> bool:
    """Return whether all ids and texts in an update are valid.

    Raises RecursionError if the update is nested too deeply.
    """
    return isinstance(raw, dict) and is_id(raw.get("update_id")) and _is_sound_within(raw)


def _is_sound_within(value: Any) -> bool:
    if isinstance(value, list):
        return all(map(_is_sound_within, value))
    if not isinstance(value, dict):
        return True
    return all(_fits(key, each) and _is_sound_within(each) for key, each in value.items())


def _fits(key: str, value: Any) -> bool:
    """Return whether a value is valid for its key, such as a string for a text."""
    if key in _WORDS and value is not None:
        return isinstance(value, str)
    if key == "message_id":
        return type(value) is int and 0 <= value < MOST  # 0 means an inaccessible message
    if key in _PEOPLE and value is not None:
        return isinstance(value, dict) and is_id(value.get("id"))
    if key in _CHATS and value is not None:
        return isinstance(value, dict) and _is_chat(value.get("id"), value.get("type"))
    return True


def _is_chat(number: Any, kind: Any) -> bool:
    return is_id(number) if kind == "private" else type(number) is int and is_id(abs(number))
