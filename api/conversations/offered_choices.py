"""The choices that a conversation offered last, stored in its row as a JSON list of [key, label, action]."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Dialect, TypeDecorator

from api.channel import Choice
from api.db import Json


class OfferedChoice(NamedTuple):
    """A choice that the resident can send as an answer.

    `action` is true for a choice such as "Back", which does not answer the question.
    """

    key: str
    label: str
    action: bool


Offered = tuple[OfferedChoice, ...]


def offered_from(choices: Iterable[Choice]) -> Offered:
    """Convert the choices of a reply to the form in which a conversation stores them."""
    return tuple(OfferedChoice(choice.key, choice.label, choice.action) for choice in choices)


def load(stored: Iterable[Sequence[Any]]) -> Offered:
    """Return the choices stored as a JSON list."""
    return tuple(OfferedChoice(*row) for row in stored)


def dump(offered: Offered) -> list[list[Any]]:
    """Return the choices as a JSON list."""
    return [list(choice) for choice in offered]


class OfferedJson(TypeDecorator[Offered]):
    """A column type that stores offered choices as JSON."""

    impl = Json
    cache_ok = True

    def process_bind_param(self, value: Offered | None, dialect: Dialect) -> list[list[Any]]:  # noqa: ARG002
        """Return the choices as a JSON list."""
        return dump(value or ())

    def process_result_value(self, value: list[list[Any]] | None, dialect: Dialect) -> Offered:  # noqa: ARG002
        """Return the choices read from the stored JSON list."""
        return load(value or ())
