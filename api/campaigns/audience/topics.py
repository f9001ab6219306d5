"""Campaigns in parts: each resident gets one message with the parts that are meant for them.

A variant is a set of parts. It is a bit mask: part one is 1, part two is 2, part three is 4. At launch one text is
stored for each variant, so that a delivery always refers to one text.
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

MOST = 5  # the most parts of a campaign: 31 texts per language, script and channel
T = TypeVar("T")


def meant(campaign: Campaign) -> ColumnElement[bool]:
    """Return the SQL condition that a `Resident` is in the audience of a campaign.

    If the campaign has parts, the resident must also be in the audience of at least one part.
    """
    in_audience = condition(Audience.model_validate(campaign.audience))
    return and_(in_audience, or_(*_conditions(campaign))) if campaign.parts else in_audience


def variant(campaign: Campaign) -> ColumnElement[int]:
    """Return the SQL expression for the parts that are meant for a resident, as a bit mask.

    If the campaign has no parts, it is 0.
    """
    bits: list[ColumnElement[Any]] = [
        case((applies, 2**place), else_=0) for place, applies in enumerate(_conditions(campaign))
    ]
    return reduce(add, bits, literal(0))


def of(variant: int, items: Sequence[T]) -> list[T]:
    """Return the items of the parts that this variant contains. `items` has one item for each part."""
    return [each for place, each in enumerate(items) if variant >> place & 1]


def _conditions(campaign: Campaign) -> list[ColumnElement[bool]]:
    return [condition(Audience.model_validate(each["audience"])) for each in campaign.parts or ()]
