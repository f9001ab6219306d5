"""After closing, the disk does not show how many replies somebody got, when, or how long: it would show their progress.

Nor does it show whose address cast a ballot before it changed owners, or a partial answer.
"""

from __future__ import annotations

import pytest
from sqlalchemy import func, insert, select, update

from api.background import after_closing
from api.consultations.models import Consultation, PartialAnswer, Question, UsedAddress
from api.outbox.models import Delivery
from api.residents import service as residents
from api.residents.models import Address
from tests.receipts.test_nobody_can_look import crowd
from tests.vault.raw import raw
from tests.world import KEYRING, World

TOKEN = b"a token of a voter, as long as it"  # of a partial answer
ODD = 0x7123456789AB  # an address id that matches no other bytes


async def marked(world: World) -> set[bytes]:
    """Give each delivered reply a provider id of its own, by which its bytes can be found."""
    numbers = select(Delivery.id).where(Delivery.inbound_id.is_not(None))
    async with world.db.transaction() as session:
        for each in await session.scalars(select(Delivery).where(Delivery.id.in_(numbers))):
            each.external_id, each.forget_at = f"reply-{each.id:020d}-", None
        return {f"reply-{number:020d}-".encode() for number in await session.scalars(numbers)}


async def test_no_reply_is_left_below_the_rows(own_world: World) -> None:
    people = await crowd(own_world)
    await own_world.network.settled()
    names = await marked(own_world)
    assert len(names) > 3 * len(people)
    before = await raw(own_world)
    assert all(name in before for name in names)
    await own_world.close("plan")
    after = await raw(own_world)
    assert [name for name in names if name in after] == []


async def test_replies_that_twilio_still_has_are_alike(own_world: World) -> None:
    """Rows needed to delete them at Twilio are all alike; when deleted, they are stored below the rows as of
    closing.
    """
    people = await crowd(own_world)
    await own_world.network.settled()
    await own_world.close("plan")
    columns = (Delivery.created_at, Delivery.due_at, Delivery.settled_at, Delivery.inbound_id, Delivery.parts)
    replies = select(*columns).where(Delivery.campaign_id.is_(None), Delivery.forget_at.is_not(None))
    async with own_world.db.transaction() as session:
        rows = (await session.execute(replies)).all()
        closed_at = await session.scalar(select(Consultation.closed_at))
        reply_counts = [await session.scalar(select(func.count()).where(Delivery.inbound_id.is_not(None)))]
    assert len(rows) > len(people)
    assert set(rows) == {(closed_at, closed_at, closed_at, None, None)}
    assert reply_counts == [0]


async def test_no_mark_of_who_voted_is_left_below_the_rows(own_world: World) -> None:
    async with own_world.db.transaction() as session:
        number = (await session.scalars(select(Consultation.id))).one()
        question = (await session.scalars(select(Question.id).limit(1))).one()
        for _ in range(2):  # so that the address id differs from the consultation's
            _, address = await residents.create(
                session, keyring=KEYRING, channel="sms", road="", address=own_world.number(), now=own_world.now()
            )
        await session.execute(update(Address).where(Address.id == address.id).values(id=ODD))
        await session.execute(insert(UsedAddress), {"consultation_id": number, "address_id": ODD})
        await session.execute(insert(PartialAnswer), {"voter": TOKEN, "question_id": question, "chosen": "7"})
    spent = spent_row(own_world, number)
    before = await raw(own_world)
    assert (TOKEN in before, spent in before) == (True, True)
    await own_world.close("plan")
    after = await raw(own_world)
    assert (TOKEN in after, spent in after) == (False, False)


def spent_row(world: World, number: int) -> bytes:
    """How the database writes a row of `spent`, with the end of its header; SQLite stores the number 1 there."""
    if world.db.engine.dialect.name == "postgresql":
        return b"\x18\x00" + number.to_bytes(8, "little") + ODD.to_bytes(8, "little")
    assert number == 1
    return b"\x03\x09\x05" + ODD.to_bytes(6, "big")


async def test_too_many_deliveries_are_left_and_it_is_said(
    own_world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rewriting millions of rows would block everybody for minutes."""
    monkeypatch.setattr(after_closing, "MOST_BYTES", 0)
    await crowd(own_world)
    await own_world.network.settled()
    names = await marked(own_world)
    await own_world.close("plan")
    async with own_world.db.transaction() as session:
        assert await session.scalar(select(Consultation.cleaned_at)) is not None
    after, logged = await raw(own_world), capsys.readouterr()
    left = any(name in after for name in names)
    assert (
        left
        is ("closing.not_rewritten" in logged.out + logged.err)
        is (own_world.db.engine.dialect.name == "postgresql")
    )
