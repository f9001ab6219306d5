"""Staff actions on commitments for tests: open ground checks, write and launch updates; and followers of them."""

from __future__ import annotations

from typing import Any

from api.actors import Action
from api.commitments.update_schemas import GroundIn, UpdateIn
from api.residents import follows
from api.workflows import updates
from tests.campaigns.crowd import resident
from tests.commitments.plans import CODE
from tests.consultations import words
from tests.world import World

COMMUNE = "01.571.01.07"
STEPS = ("submit", "approve", "launch")


async def ask(world: World, **changed: Any) -> tuple[str, int]:
    """Open a ground check on milestone 2 of commitment 3; return the consultation's code and the campaign's number."""
    milestone = changed.pop("milestone", 2)
    data = {"commune": COMMUNE, "question": words("is it there?"), "closes_at": world.now.later(days=7), **changed}
    async with world.db.transaction() as session:
        consultation, campaign = await updates.draft_ground(
            session, CODE, 3, milestone, GroundIn.model_validate(data), action=Action("amina", world.now())
        )
        return consultation.code, campaign.id


async def follower(world: World, *topics: str, **who: Any) -> int:
    """Add a resident who follows these topics ("theme:rights"); return their id."""
    number = await resident(world, **who)
    async with world.db.transaction() as session:
        for each in topics:
            kind, _, ref = each.partition(":")
            await follows.follow(session, resident_id=number, kind=kind, ref=ref, now=world.now())
    return number


async def update(world: World, number: int, text: str) -> int:
    """Write an update on a commitment; return the number of its campaign."""
    data = UpdateIn.model_validate({"text": words(text)})
    async with world.db.transaction() as session:
        _, campaign = await updates.draft_update(session, CODE, number, data, action=Action("amina", world.now()))
        return campaign.id
