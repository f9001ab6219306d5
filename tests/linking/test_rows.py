"""Every row that names a resident follows when two become one, in any table, and comes back; duplicates stay behind."""

from __future__ import annotations

from sqlalchemy import func, select

from api.campaigns import models as _campaigns  # noqa: F401 - every table there is
from api.db import Base
from api.outbox.models import Delivery
from api.residents import follows, references
from api.residents.models import Follow
from tests.ballots import resident_of
from tests.campaigns.crowd import resident
from tests.consultations import main_consultation
from tests.linking.acts import address_of, shown_code
from tests.people import joined
from tests.world import World


async def test_every_table_with_a_resident_is_found() -> None:
    named = {f"{table.name}.{column.name}" for table, column in references.resident_columns()}
    assert {
        "addresses.resident_id", "consents.resident_id", "follows.resident_id", "participations.resident_id",
        "deliveries.resident_id",
    } <= named  # fmt: skip
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if column.name.endswith("resident_id"):
                assert f"{table.name}.{column.name}" in named


async def test_what_both_follow_is_followed_once_and_by_each_again(quiet_world: World) -> None:
    one, other = await resident(quiet_world), await resident(quiet_world, channels=("telegram",))
    async with quiet_world.db.transaction() as session:
        for who, ref in ((one, "water"), (other, "water"), (other, "roads")):
            await follows.follow(session, resident_id=who, kind="theme", ref=ref, now=quiet_world.now())
        moved = await references.hand_over(session, source=other, target=one)
    assert await followed(quiet_world, one) == ["roads", "water"]
    assert await followed(quiet_world, other) == ["water"]
    async with quiet_world.db.transaction() as session:
        await references.hand_back(session, source=one, target=other, moved=moved)
    assert await followed(quiet_world, one) == ["water"]
    assert await followed(quiet_world, other) == ["roads", "water"]


async def followed(world: World, who: int) -> list[str]:
    async with world.db.transaction() as session:
        return list(await session.scalars(select(Follow.ref).where(Follow.resident_id == who).order_by(Follow.ref)))


async def test_a_campaign_that_waits_for_both_is_sent_once(own_world: World) -> None:
    world = own_world
    phone, app = await joined(world, "sms", "fr"), await joined(world, "telegram", "fr")
    await world.open({**main_consultation(), "code": "second"})
    await world.invite("second")
    await app.say("LIER")
    await phone.say(f"LIER {shown_code(app)}")
    await app.say("oui")
    one = await resident_of(world, *address_of(phone))
    assert one is not None
    async with world.db.transaction() as session:
        sent = select(Delivery.state, func.count()).where(Delivery.campaign_id.is_not(None)).group_by(Delivery.state)
        assert dict((await session.execute(sent)).all()) == {"queued": 1, "cancelled": 1}
    before = phone.count + app.count
    await world.deliver()
    invited = phone.count + app.count - before
    assert invited == 3  # whether the phone is theirs, the invitation, and that both are linked
