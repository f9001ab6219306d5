"""The column type of enums: stored as text in the database, read as enum members in Python."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Enum


def enum_type(kind: type[StrEnum], length: int) -> Enum:
    """Return the type of a VARCHAR column of this length whose values are members of `kind`."""
    return Enum(kind, native_enum=False, length=length, values_callable=lambda members: [str(each) for each in members])
