"""The choices a conversation offered last, and how its row stores them: as a JSON list of [key, label, action]."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Dialect, TypeDecorator

from api.channel import Choice
from api.db import Json


class OfferedChoice(NamedTuple):
    """A choice the resident can answer with. `action` marks a way out ("Back"), which is no answer."""

    key: str
    label: str
    action: bool


Offered = tuple[OfferedChoice, ...]


def offered_from(choices: Iterable[Choice]) -> Offered:
    """What a conversation keeps of the choices in a reply."""
    return tuple(OfferedChoice(choice.key, choice.label, choice.action) for choice in choices)


def load(stored: Iterable[Sequence[Any]]) -> Offered:
    """Read choices back from JSON."""
    return tuple(OfferedChoice(*row) for row in stored)


def dump(offered: Offered) -> list[list[Any]]:
    """Write choices as JSON."""
    return [list(choice) for choice in offered]


class OfferedJson(TypeDecorator[Offered]):
    """A column of offered choices."""

    impl = Json
    cache_ok = True

    def process_bind_param(self, value: Offered | None, dialect: Dialect) -> list[list[Any]]:  # noqa: ARG002
        """Write the choices as JSON."""
        return dump(value or ())

    def process_result_value(self, value: list[list[Any]] | None, dialect: Dialect) -> Offered:  # noqa: ARG002
        """Read the choices back from JSON."""
        return load(value or ())
