"""Merge the queued messages of two residents: a campaign message meant for both is sent once, with all topics.

Two residents are merged when they turn out to be one person with two addresses.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import groupby
from operator import or_
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.outbox import ownership, transitions
from api.outbox.counters import Changes
from api.outbox.models import Body, Delivery
from api.outbox.states import LOST, DeliveryState
from api.outbox.write.carried_topics import carry
from api.residents import merge
from api.residents.merge import MergePair

DeliveryBody = tuple[Delivery, Body | None]


class Deliveries:
    """The part of merging two residents that handles their deliveries. It is called by `api/residents/merge.py`."""

    name = "deliveries"

    async def join(self, session: AsyncSession, pair: MergePair) -> Any:
        """Keep one queued message of each campaign, with every topic that neither resident got yet. Cancel the rest."""
        changes, obsolete = Changes(), list[int]()
        for _, deliveries in groupby(await _campaign_deliveries(session, pair), lambda each: each[0].campaign_id):
            obsolete += await _keep_one(session, list(deliveries), changes)
        await transitions.move_all(
            session, DeliveryState.CANCELLED, Delivery.id.in_(obsolete), reason="merged", now=pair.now, changes=changes
        )

    async def part(self, session: AsyncSession, pair: MergePair, note: Any) -> None:
        """Change nothing when a merge is undone.

        Cancelled messages stay cancelled. Each queued message goes to the resident who then owns its address.
        """


async def _keep_one(session: AsyncSession, deliveries: Sequence[DeliveryBody], changes: Changes) -> list[int]:
    """Keep one queued delivery of a campaign; return the ids of those to cancel."""
    waiting = [each for each in deliveries if each[0].state == DeliveryState.QUEUED]
    sent = [body for delivery, body in deliveries if delivery.state != DeliveryState.QUEUED]
    missing = _topics(body for _, body in waiting) & ~_topics(sent)  # the topics to send; without parts, variant 0
    if sent and not missing:
        return [delivery.id for delivery, _ in waiting]
    (first, body), *others = waiting
    if others or sent:
        await carry(session, first, body, missing, changes)
    return [delivery.id for delivery, _ in others]


def _topics(bodies: Any) -> int:
    return reduce(or_, (body.variant for body in bodies if body is not None), 0)


async def _campaign_deliveries(session: AsyncSession, pair: MergePair) -> list[DeliveryBody]:
    """Return both residents' queued campaign deliveries, and what was already sent of these campaigns."""
    both = (pair.kept, pair.gone)
    queued = (Delivery.state == DeliveryState.QUEUED, Delivery.campaign_id.is_not(None), ownership.addressed_to(*both))
    waiting = (
        await session.execute(_with_bodies().where(*queued).order_by(Delivery.id).with_for_update(of=Delivery))
    ).all()
    campaigns = {delivery.campaign_id for delivery, _ in waiting}
    recipients = Delivery.resident_id.in_((*both, *await merge.merged_ids(session, *both)))
    already_sent = (Delivery.campaign_id.in_(campaigns), Delivery.state.not_in((DeliveryState.QUEUED, *LOST)))
    deliveries: list[DeliveryBody] = [(delivery, body) for delivery, body in waiting]
    deliveries += [
        (delivery, body) for delivery, body in await session.execute(_with_bodies().where(recipients, *already_sent))
    ]
    # by campaign; first the deliveries to the resident who stays
    return sorted(deliveries, key=lambda each: (each[0].campaign_id, each[0].resident_id != pair.kept, each[0].id))


def _with_bodies() -> Any:
    fresh = {"populate_existing": True}
    return select(Delivery, Body).outerjoin(Body, Body.id == Delivery.body_id).execution_options(**fresh)
