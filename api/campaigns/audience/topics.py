"""Campaigns in parts: each resident gets those that are meant for them, as one message.

Which parts these are is their variant, a number whose bits stand for the parts: the first is 1, the second 2, the third
4. A text is frozen for each variant, so that a delivery still points to one text, whatever it is joined of.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, case, literal, or_

from api.campaigns.audience.conditions import condition
from api.campaigns.audience.definition import Audience
from api.campaigns.models import Campaign

MOST = 5  # parts: 31 texts in each language, script and channel
T = TypeVar("T")


def meant(campaign: Campaign) -> ColumnElement[bool]:
    """The condition on `Resident`: of its audience, and of a part of it where it has parts."""
    found = condition(Audience.model_validate(campaign.audience))
    return and_(found, or_(*_conditions(campaign))) if campaign.parts else found


def variant(campaign: Campaign) -> ColumnElement[int]:
    """A resident's variant; 0 where it has no parts."""
    bits: list[ColumnElement[Any]] = [
        case((held, 2**place), else_=0) for place, held in enumerate(_conditions(campaign))
    ]
    return reduce(add, bits, literal(0))


def of(variant: int, said: Sequence[T]) -> list[T]:
    """What a variant joins, in the order of the parts."""
    return [each for place, each in enumerate(said) if variant >> place & 1]


def _conditions(campaign: Campaign) -> list[ColumnElement[bool]]:
    return [condition(Audience.model_validate(each["audience"])) for each in campaign.parts or ()]
