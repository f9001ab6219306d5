"""Why someone of the audience does not get a campaign: each reason, resends to the failed, one reminder only."""

from __future__ import annotations

from asyncio import Event, gather
from contextlib import suppress
from typing import Any

import pytest

from api.campaigns import actions, service
from api.consultations import participation
from api.consultations import service as consultations
from api.consultations.models import Participation, ParticipationState
from api.errors import Conflict, Invalid
from api.outbox.states import DeliveryState
from api.residents import service as residents
from api.residents.models import Resident
from tests.campaigns.crowd import resident
from tests.campaigns.office import INVITATION, NEWS, ended, launched, look, make, recipients, states, take
from tests.consultations import main_consultation
from tests.locks import until_waiting
from tests.world import World

REMINDER = {**INVITATION, "purpose": "remind"}


async def progress(world: World, who: int, state: str) -> None:
    async with world.db.transaction() as session:
        plan = await consultations.get(session, "plan")
        await participation.record_progress(session, consultation_id=plan.id, resident_id=who, state=state)


async def resent(world: World, campaign: int) -> int:
    async with world.db.transaction() as session:
        return (await service.resend(session, campaign, who="amina", now=world.now())).id


async def test_each_reason_and_the_first_that_holds(desk: World) -> None:
    people = {name: await resident(desk) for name in ("asked", "begun", "finished", "capped", "fine", "over quota")}
    await resident(desk, state=residents.STOPPED)
    await resident(desk, state=residents.DECLINED)
    await resident(desk, channels=())
    for _ in range(desk.settings.campaigns_per_week):
        news = await launched(desk, NEWS)
        for name, who in people.items():
            await ended(desk, news, who, "delivered" if name == "capped" else "failed")
    for name in ("begun", "finished"):
        await progress(desk, people[name], name)
    async with desk.db.transaction() as session:
        plan = await consultations.get(session, "plan")
        session.add(Participation(consultation_id=plan.id, resident_id=people["asked"], state=ParticipationState.ASKED))
    preview = await look(desk, await make(desk, INVITATION, quotas={"01.571": 1}))
    assert preview.recipients == 1
    assert preview.excluded == {
        "already invited or answered": 3, "weekly limit reached": 1,
        "quota": 1, "stopped": 1, "no consent": 1, "unreachable": 1,
    }  # fmt: skip


async def test_a_running_campaign_has_reached_those_it_has(desk: World) -> None:
    await resident(desk)
    campaign = await launched(desk, NEWS)
    await resident(desk)
    assert (await look(desk, campaign)).excluded == {"already got this message": 1}


async def test_resending_reaches_the_failed_and_nobody_else(desk: World) -> None:
    ends = [
        DeliveryState.FAILED,
        DeliveryState.EXPIRED,
        DeliveryState.UNSURE,
        DeliveryState.SENT,
        DeliveryState.DELIVERED,
        DeliveryState.CANCELLED,
    ]
    people = {state: await resident(desk) for state in (*ends, DeliveryState.QUEUED)}
    left = await resident(desk)
    first = await launched(desk, NEWS)
    for state in ends:
        await ended(desk, first, people[state], state)
    await ended(desk, first, left, DeliveryState.FAILED)
    async with desk.db.transaction() as session:
        (await session.get_one(Resident, left)).state = residents.STOPPED
    await resident(desk)  # joined later, so not in the original audience
    again = await resent(desk, first)
    preview = await look(desk, again)
    assert (preview.recipients, preview.excluded) == (2, {"stopped": 1})
    with pytest.raises(Conflict):
        await take(desk, again, "launch")  # it needs an approval like any other
    await take(desk, again, "submit", "approve", "launch")
    assert await recipients(desk, again) == {people[DeliveryState.FAILED], people[DeliveryState.EXPIRED]}


async def test_resending_twice_reaches_nobody_twice(desk: World) -> None:
    one, two, three = [await resident(desk) for _ in range(3)]
    first = await launched(desk, NEWS)
    for who in (one, two, three):
        await ended(desk, first, who, DeliveryState.FAILED)
    second, other = await resent(desk, first), await resent(desk, first)
    await take(desk, second, "submit", "approve", "launch")
    await ended(desk, second, one, DeliveryState.DELIVERED)
    await ended(desk, second, two, DeliveryState.FAILED)
    await ended(desk, second, three, DeliveryState.UNSURE)
    preview = await look(desk, other)
    assert (preview.recipients, preview.excluded) == (1, {"already got this message": 2})
    third = await resent(desk, second)  # a resend of the resend
    await take(desk, third, "submit", "approve", "launch")
    assert await recipients(desk, third) == {two}
    assert (await look(desk, other)).recipients == 0


async def test_two_resendings_at_once_take_turns(desk: World) -> None:
    who = await resident(desk)
    first = await launched(desk, NEWS)
    await ended(desk, first, who, DeliveryState.FAILED)
    both = [await resent(desk, first), await resent(desk, first)]
    for each in both:
        await take(desk, each, "submit", "approve")
    await at_once(desk, *both)


async def at_once(world: World, one: int, two: int) -> None:
    """Launch two campaigns, the second before the first is committed; it finds nobody any more."""
    begun = Event()

    async def first() -> None:
        async with world.db.transaction() as session:
            await actions.launch(session, one, kit=world.kit, who="idir", now=world.now())
            begun.set()
            await until_waiting(world, 1)

    async def second() -> None:
        await begun.wait()
        with suppress(Invalid):  # if it read the audience after the commit: no one would get this campaign
            await take(world, two, "launch")

    await gather(first(), second())
    assert (await states(world, one), await states(world, two)) == (["queued"], [])


async def test_a_failed_invitation_is_sent_again_to_those_who_do_not_know(desk: World) -> None:
    silent, begun, finished = [await resident(desk) for _ in range(3)]
    first = await launched(desk, INVITATION)
    for who in (silent, begun, finished):
        await ended(desk, first, who, DeliveryState.FAILED)
    await progress(desk, begun, ParticipationState.BEGUN)
    await progress(desk, finished, ParticipationState.FINISHED)
    assert (await look(desk, await make(desk, INVITATION))).recipients == 0
    again = await resent(desk, first)
    preview = await look(desk, again)
    assert (preview.recipients, preview.excluded) == (1, {"already invited or answered": 2})
    await take(desk, again, "submit", "approve", "launch")
    assert await recipients(desk, again) == {silent}


async def test_what_was_not_launched_cannot_be_resent_and_a_clone_of_a_resending_is_one(desk: World) -> None:
    who = await resident(desk)
    draft = await make(desk, NEWS, quotas={"01.571": 3}, waves=[{"share": 100, "after_minutes": 5}])
    with pytest.raises(Conflict, match="never launched"):
        await resent(desk, draft)
    await take(desk, draft, "submit", "approve", "launch")
    await ended(desk, draft, who, DeliveryState.FAILED)
    again = await resent(desk, draft)
    async with desk.db.transaction() as session:
        copy = await service.clone(session, again, who="amina", now=desk.now())
        plain = await service.clone(session, draft, who="amina", now=desk.now())
        assert (copy.resends, copy.origin, copy.quotas, copy.waves) == (draft, draft, None, None)
        assert (plain.resends, plain.quotas, plain.waves) == (
            None, {"01.571": 3}, [{"share": 100, "after_minutes": 5}],
        )  # fmt: skip


@pytest.mark.parametrize(
    ("state", "excluded"),
    [(state, {"already reminded": 1}) for state in ("queued", "sent", "delivered", "unsure")]
    + [(state, {}) for state in ("failed", "expired", "cancelled")],
)
async def test_one_reminder_of_a_consultation(desk: World, state: str, excluded: dict[str, Any]) -> None:
    who = await resident(desk)
    await ended(desk, await launched(desk, REMINDER), who, state)
    assert (await look(desk, await make(desk, REMINDER, name="Another"))).excluded == excluded


async def test_a_reminder_of_another_consultation_is_another(desk: World) -> None:
    await resident(desk)
    await launched(desk, REMINDER)
    await desk.open({**main_consultation(), "code": "second"})
    assert (await look(desk, await make(desk, {**REMINDER, "consultation": "second"}))).recipients == 1
    assert (await look(desk, await make(desk, {**REMINDER, "urgent": True}))).recipients == 0


async def test_two_reminders_at_once_reach_nobody_twice(desk: World) -> None:
    await resident(desk)
    both = [await make(desk, REMINDER), await make(desk, REMINDER)]
    for each in both:
        await take(desk, each, "submit", "approve")
    await at_once(desk, *both)


async def test_a_failed_reminder_is_sent_again(desk: World) -> None:
    who = await resident(desk)
    first = await launched(desk, REMINDER)
    await ended(desk, first, who, DeliveryState.FAILED)
    again = await resent(desk, first)
    await take(desk, again, "submit", "approve", "launch")
    assert await recipients(desk, again) == {who}
