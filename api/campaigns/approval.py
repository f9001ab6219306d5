"""From how many people on an author needs somebody else's approval: nobody raises this threshold for themselves."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from api import actors
from api.rules import service as rules
from api.staff import tokens

RULE = "approval_above"


async def threshold(session: AsyncSession, approver: str, *, at_most: int) -> int:
    """Return how many people an author of this name may approve alone; `at_most` is the rule in force.

    What they set themselves, or with a token that they made, only lowers it for them.
    """
    for change in await rules.settings_of(session, RULE):
        if not actors.among(approver, {change.who} | await tokens.makers(session, {change.who})):
            return min(int(change.value), at_most)
    return at_most
