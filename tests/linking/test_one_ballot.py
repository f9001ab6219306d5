"""One person has one ballot, in whatever order they vote and link, on both channels; parted, each has their own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from api.actors import Action
from api.consultations.models import Ballot, Participation, Superseded
from api.errors import AlreadyDone, Conflict
from api.residents.models import Consent, Merge, Resident
from api.workflows import residents
from tests.ballots import KEYRING, answers_of, ballots_of, resident_of
from tests.direct import DirectPerson, questions_of
from tests.examples import examples
from tests.linking.acts import CODE
from tests.world import World

CHANNELS = ("sms", "telegram")
votes = st.tuples(st.sampled_from(CHANNELS), st.integers(1, 3))
links = st.sampled_from([("code", "sms"), ("code", "telegram"), ("contact", "telegram")])


class Somebody:
    """One person with a phone and an app."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.on = {channel: DirectPerson.new(world, channel) for channel in CHANNELS}

    async def vote(self, channel: str, option: int) -> None:
        """Answer the first question like this, now."""
        self.world.now.advance(seconds=1)
        await self.join(channel)
        question = next(iter((await questions_of(self.world)).values()))
        await self.on[channel].tap(f"q:{question.id}:{question.options[option - 1].value}")

    async def link(self, how: str, shown_on: str = "telegram") -> None:
        """Link both; a phone that is linked need not have written before."""
        phone, app = self.on["sms"], self.on["telegram"]
        await self.join(shown_on)
        shows, sends = (phone, app) if shown_on == "sms" else (app, phone)
        if how == "contact":
            await app.share(phone.address)
            return
        await shows.say("link")
        match = CODE.search(shows.heard)
        assert match is not None, shows.heard
        await sends.say(f"link {match.group()}")
        await shows.tap("link:yes")

    async def join(self, channel: str) -> None:
        """Join on a channel, as far as still needed."""
        person = self.on[channel]
        if await resident_of(self.world, channel, person.address) is None:
            await person.say("bonjour")
        for key in ("lang:fr", "consent:yes", "prov:01.571"):
            if person.choices and person.choices[0].key.startswith(key.partition(":")[0] + ":"):
                await person.tap(key)

    def address(self, channel: str) -> tuple[str, str]:
        """Channel and address, to look into the database."""
        return channel, self.on[channel].address

    async def option(self, channel: str) -> list[str]:
        """The option on their only ballot."""
        return (await answers_of(self.world, *self.address(channel)))[1]


async def count(world: World, table: Any) -> int:
    async with world.db.transaction() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def undo(world: World) -> None:
    """Undo the newest merge."""
    async with world.db.transaction() as session:
        number = await session.scalar(select(func.max(Merge.id)))
        await residents.undo_merge(session, number or 0, action=Action("tests", world.now()), keyring=KEYRING)


@examples(25)
@given(before=st.lists(votes, max_size=4), link=links, after=st.lists(votes, max_size=3), again=st.none() | links)
async def test_one_ballot_whatever_the_order(
    world: World, before: Sequence[Any], link: tuple[str, str], after: Sequence[Any], again: tuple[str, str] | None
) -> None:
    ballots = await count(world, Ballot)
    somebody = Somebody(world)
    for vote in before:
        await somebody.vote(*vote)
    await somebody.link(*link)
    for vote in after:
        await somebody.vote(*vote)
    if again is not None:
        await somebody.link(*again)
    cast = [*before, *after]
    assert await count(world, Ballot) - ballots == (1 if cast else 0)
    for channel in CHANNELS:
        assert len(await ballots_of(world, *somebody.address(channel))) == (1 if cast else 0)
        if cast:
            assert await somebody.option(channel) == [str(cast[-1][1])]


@examples(12)
@given(before=st.lists(votes, max_size=4), link=links)
async def test_parted_again_each_has_their_own_ballot_as_it_was(
    world: World, before: Sequence[Any], link: tuple[str, str]
) -> None:
    somebody = Somebody(world)
    for channel in CHANNELS:
        await somebody.join(channel)
    for vote in before:
        await somebody.vote(*vote)
    was = {channel: await ballots_of(world, *somebody.address(channel)) for channel in CHANNELS}
    await somebody.link(*link)
    await undo(world)
    for channel in CHANNELS:
        now = await ballots_of(world, *somebody.address(channel))
        assert [ballot.receipt for _, ballot in now] == [ballot.receipt for _, ballot in was[channel]]
        mine = [option for on, option in before if on == channel]
        if mine:
            assert await somebody.option(channel) == [str(mine[-1])]


async def test_the_receipt_of_the_earlier_ballot_says_that_it_was_replaced(world: World) -> None:
    somebody = Somebody(world)
    await somebody.vote("telegram", 1)
    await somebody.vote("sms", 2)
    [(_, earlier)] = await ballots_of(world, *somebody.address("telegram"))
    [(_, later)] = await ballots_of(world, *somebody.address("sms"))
    await somebody.link("code", "sms")
    phone = somebody.on["sms"]
    await phone.say(f"check {earlier.receipt}")
    assert "remplacé par votre autre vote" in phone.heard
    await phone.say(f"check {later.receipt}")
    assert "vote compté" in phone.heard


async def test_after_a_day_nothing_is_left_to_part_them_by(quiet_world: World) -> None:
    world, somebody = quiet_world, Somebody(quiet_world)
    await somebody.vote("telegram", 1)
    await somebody.vote("sms", 2)
    await somebody.link("code")
    world.now.advance(hours=24)
    with pytest.raises(Conflict):
        await undo(world)
    async with world.db.transaction() as session:
        await residents.forget(session, now=world.now())
    async with world.db.transaction() as session:
        assert (await session.scalars(select(Merge.sealed))).all() == [None]
        [resting] = await session.scalars(select(Superseded))
        assert (resting.sealed, resting.voter, resting.kept_until) == (None, None, None)
        gone = await session.scalar(select(Resident).where(Resident.state == "merged"))
        assert gone is not None
        assert (gone.language, gone.province) == (None, None)


async def test_closing_takes_what_would_part_them_in_it(quiet_world: World) -> None:
    world, somebody = quiet_world, Somebody(quiet_world)
    await somebody.vote("telegram", 1)
    await somebody.vote("sms", 2)
    await somebody.link("code")
    await world.close("plan")
    async with world.db.transaction() as session:
        [resting] = await session.scalars(select(Superseded))
        assert (resting.sealed, resting.voter, resting.kept_until) == (None, None, None)
    await undo(world)  # everything except ballots comes back
    one, other = [await resident_of(world, *somebody.address(channel)) for channel in CHANNELS]
    assert one is not None
    assert other is not None
    assert one.id != other.id
    assert await count(world, Ballot) == 1


async def test_undone_once_and_the_newest_first(quiet_world: World) -> None:
    world, one, two = quiet_world, Somebody(quiet_world), Somebody(quiet_world)
    await one.link("code")
    await two.link("code")
    await one.on["telegram"].say("link")
    match = CODE.search(one.on["telegram"].heard)
    assert match is not None
    await two.on["sms"].say(f"link {match.group()}")
    await one.on["telegram"].tap("link:yes")  # all four are one now
    async with world.db.transaction() as session:
        first = await session.scalar(select(func.min(Merge.id)))
    with pytest.raises(Conflict, match="first"):
        async with world.db.transaction() as session:
            await residents.undo_merge(session, first or 0, action=Action("tests", world.now()), keyring=KEYRING)
    await undo(world)
    with pytest.raises(AlreadyDone):
        await undo(world)


async def test_consents_and_what_they_took_part_in_go_along_and_come_back(quiet_world: World) -> None:
    world, somebody = quiet_world, Somebody(quiet_world)
    for channel in CHANNELS:
        await somebody.join(channel)
    await somebody.vote("sms", 1)
    before = await owners(world)
    await somebody.link("code", "sms")
    during = await owners(world)
    assert len({resident for _, resident, _ in during[0]}) == 1
    assert len(during[0]) == len(before[0])
    await undo(world)
    assert await owners(world) == before


async def owners(world: World) -> tuple[list[Any], list[Any]]:
    """Whose the consents and participations are."""
    async with world.db.transaction() as session:
        consents = select(Consent.id, Consent.resident_id, Consent.granted).order_by(Consent.id)
        parts = select(Participation.resident_id, Participation.state).order_by(Participation.resident_id)
        return [tuple(row) for row in await session.execute(consents)], [
            tuple(row) for row in await session.execute(parts)
        ]


async def test_whoever_votes_while_they_are_linked_has_one_ballot(quiet_world: World) -> None:
    """The waiting turn finds that its address has another owner now, and counts for that one."""
    world = quiet_world
    question = next(iter((await questions_of(world)).values()))
    keys = [f"q:{question.id}:{option.value}" for option in question.options]
    for round_ in range(12):
        somebody = Somebody(world)
        for channel in CHANNELS:
            await somebody.vote(channel, 1)
        phone, app = somebody.on["sms"], somebody.on["telegram"]
        acts = [app.share(phone.address), phone.tap(keys[1]), phone.tap(keys[2])]
        await asyncio.gather(*(acts if round_ % 2 else reversed(acts)))
        assert await count(world, Ballot) == round_ + 1
        for channel in CHANNELS:
            assert len(await ballots_of(world, *somebody.address(channel))) == 1


async def test_who_is_parted_after_closing_has_not_stopped_half_way_alone(quiet_world: World) -> None:
    world, somebody = quiet_world, Somebody(quiet_world)
    await somebody.vote("sms", 1)
    await somebody.vote("telegram", 2)
    one, other = [await resident_of(world, *somebody.address(channel)) for channel in CHANNELS]
    assert one is not None
    assert other is not None
    async with world.db.transaction() as session:
        theirs = update(Participation).where(Participation.resident_id == other.id)
        await session.execute(theirs.values(state="finished"))
    assert {state for _, state in (await owners(world))[1]} == {"begun", "finished"}
    await somebody.link("code", "sms")
    await world.close("plan")
    await undo(world)
    # One ballot counted, under the number that stayed: the other's was replaced, and its progress is gone.
    assert (await owners(world))[1] == [(one.id, "finished"), (other.id, "asked")]
