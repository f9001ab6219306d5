"""The column type of states: text in the database, members of an enum in Python."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Enum


def state_type(states: type[StrEnum], length: int) -> Enum:
    """Return the type of a text column of this length that contains members of an enum."""
    return Enum(
        states, native_enum=False, length=length, values_callable=lambda members: [str(each) for each in members]
    )
