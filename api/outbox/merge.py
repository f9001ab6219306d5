"""What becomes of deliveries when two residents become one: what both would get is sent once, and nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import groupby
from operator import or_
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.outbox import ownership, states, transitions
from api.outbox.counters import Changes
from api.outbox.models import Body, Delivery
from api.outbox.write.carried_topics import carry
from api.residents import merge
from api.residents.merge import MergePair

Held = tuple[Delivery, Body | None]


class Deliveries:
    """The outbox's share in merging two residents: see `api/residents/merge.py`."""

    name = "deliveries"

    async def join(self, session: AsyncSession, pair: MergePair) -> Any:
        """Of each campaign that waits for one of them, let one message carry what neither was sent yet."""
        changes, needless = Changes(), list[int]()
        for _, held in groupby(await _held(session, pair), lambda each: each[0].campaign_id):
            needless += await _once(session, list(held), changes)
        await transitions.bulk(
            session, states.CANCELLED, Delivery.id.in_(needless), reason="merged", now=pair.now, changes=changes
        )

    async def part(self, session: AsyncSession, pair: MergePair, noted: Any) -> None:
        """What was cancelled stays so: they were told once. What waits goes to the owner of its address, as ever."""


async def _once(session: AsyncSession, held: Sequence[Held], changes: Changes) -> list[int]:
    """Let the first that waits carry the parts that all want and none was sent; returns those that are needless then.

    A campaign that is not in parts is one that everybody wants, and its variant 0.
    """
    waiting = [each for each in held if each[0].state == states.QUEUED]
    sent = [body for delivery, body in held if delivery.state != states.QUEUED]
    left = _parts(body for _, body in waiting) & ~_parts(sent)
    if sent and not left:
        return [delivery.id for delivery, _ in waiting]
    (first, body), *others = waiting
    if others or sent:
        await carry(session, first, body, left, changes)
    return [delivery.id for delivery, _ in others]


def _parts(bodies: Any) -> int:
    return reduce(or_, (body.variant for body in bodies if body is not None), 0)


async def _held(session: AsyncSession, pair: MergePair) -> list[Held]:
    """What waits for them of campaigns, locked, and what they were sent of these, or may have been.

    Campaign by campaign; what was queued for the one who stays comes first.
    """
    both = (pair.kept, pair.gone)
    waits = (Delivery.state == states.QUEUED, Delivery.campaign_id.is_not(None), ownership.to(*both))
    waiting = (await session.execute(_said().where(*waits).order_by(Delivery.id).with_for_update(of=Delivery))).all()
    campaigns = {delivery.campaign_id for delivery, _ in waiting}
    theirs = Delivery.resident_id.in_((*both, *await merge.merged_ids(session, *both)))
    told = (Delivery.campaign_id.in_(campaigns), Delivery.state.not_in((states.QUEUED, *states.LOST)))
    found: list[Held] = [(delivery, body) for delivery, body in waiting]
    found += [(delivery, body) for delivery, body in await session.execute(_said().where(theirs, *told))]
    return sorted(found, key=lambda each: (each[0].campaign_id, each[0].resident_id != pair.kept, each[0].id))


def _said() -> Any:
    fresh = {"populate_existing": True}
    return select(Delivery, Body).outerjoin(Body, Body.id == Delivery.body_id).execution_options(**fresh)
