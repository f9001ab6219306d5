"""A sealed reply: everything comes back, and rows from before options had letters can still be read."""

from __future__ import annotations

from api.channel import Choice, Reply
from api.outbox import payload
from tests.world import KEYRING


def test_what_is_sealed_comes_back_whole() -> None:
    reply = Reply("words", (Choice("q:1:2", "water", chosen=True, sign="A"), Choice("q:1:skip", "skip", action=True)))
    assert payload.unseal(KEYRING, payload.seal(KEYRING, reply)) == reply


def test_choices_from_before_there_were_letters_are_read() -> None:
    assert payload.unpack([["q:1:2", "water", True, False]]) == (Choice("q:1:2", "water", chosen=True),)
