"""One SIM casts one ballot, even with "wrong number", erasing, coming back and linking in between."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import strategies as st
from sqlalchemy import func, select

from api.consultations.models import Ballot, Participation, UsedAddress
from api.residents import erasure
from api.residents import service as residents
from api.residents.models import Address
from api.workflows import residents as workflow_residents
from tests.ballots import ballots_of, resident_of
from tests.consultations import main_consultation
from tests.direct import DirectPerson, questions_of
from tests.examples import examples
from tests.linking.acts import CODE
from tests.world import World, quiet

PHONES, APPS = ("P",), ("T1", "T2")
EVERY = (*PHONES, *APPS)
PAIRS = [("T1", "P"), ("T2", "P"), ("T1", "T2")]
moves = st.one_of(
    st.tuples(st.just("vote"), st.sampled_from(EVERY), st.integers(1, 3)),
    st.tuples(st.just("link"), st.sampled_from(PAIRS)),
    st.tuples(st.just("wrong"), st.sampled_from(EVERY)),
    st.sampled_from([("anew", "P"), ("forget",), *(("erase", who) for who in EVERY)]),
)


class Crowd:
    """A phone and two accounts of an app, and from which of them a ballot that still counts was cast."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.on = {name: DirectPerson.new(world, "sms" if name in PHONES else "telegram") for name in EVERY}
        self.cast: dict[str, set[str]] = {name: set() for name in EVERY}
        self.before: set[str] = set()

    async def play(self, acts: Sequence[tuple[Any, ...]]) -> None:
        """Do all this, six hours apart."""
        self.before = set(await self.receipts())
        for name, *given_ in acts:
            self.world.now.advance(hours=6)
            await getattr(self, name)(*given_)

    async def vote(self, who: str, option: int) -> None:
        """Vote, or try to; a second ballot that counts for an address of this resident is a fault."""
        await self.come_back(who)
        before = await self.receipts()
        question = next(iter((await questions_of(self.world)).values()))
        await self.on[who].tap(f"q:{question.id}:{question.options[option - 1].value}")
        new = (await self.receipts()).keys() - before.keys()
        if new:
            for name in await self.together(who):
                assert not self.cast[name] & before.keys(), f"{name} has a ballot already"
            self.cast[who] |= new

    async def link(self, pair: tuple[str, str]) -> None:
        """Link two: by the number that the app confirms, or by a code."""
        one, other = pair
        for name in pair:
            await self.come_back(name)
        if other in PHONES:
            await self.on[one].share(self.on[other].address)
            return
        await self.on[one].say("link")
        match = CODE.search(self.on[one].heard)
        assert match is not None, self.on[one].heard
        await self.on[other].say(f"link {match.group()}")
        await self.on[one].tap("link:yes")

    async def wrong(self, who: str) -> None:
        """They say that they are not whom we take them for: earlier ballots were cast from this address, too."""
        receipts_held = await self.receipts_of(who)
        await self.on[who].say("mauvais numéro")
        await self.on[who].tap("wrong:yes")
        self.cast[who] |= receipts_held

    async def anew(self, who: str) -> None:
        """After a year of silence, a phone has a new owner; an app is never asked."""
        receipts_held = await self.receipts_of(who)
        self.world.now.advance(days=366)
        await self.on[who].say("bonjour")
        if self.on[who].choices and self.on[who].choices[0].key.startswith("same:"):
            await self.on[who].tap("same:no")
            self.cast[who] |= receipts_held

    async def erase(self, who: str) -> None:
        """They have everything erased."""
        await self.come_back(who)
        address = await resident_of(self.world, *self.address(who))
        assert address is not None
        async with self.world.db.transaction() as session:
            await workflow_residents.erase(session, await session.merge(address), now=self.world.now())

    async def forget(self) -> None:
        """Run the scheduled cleanup."""
        async with self.world.db.transaction() as session:
            await workflow_residents.forget(session, now=self.world.now())

    async def come_back(self, who: str) -> None:
        """Join, as far as still needed."""
        person, known = self.on[who], await resident_of(self.world, *self.address(who))
        if known is None or known.state != residents.ACTIVE:
            await person.say("START")
        for key in ("same:yes", "lang:fr", "consent:yes", "prov:01.571"):
            if person.choices and person.choices[0].key.startswith(key.partition(":")[0] + ":"):
                await person.tap(key)

    async def together(self, who: str) -> list[str]:
        """Everybody who is one resident with them."""
        by_name = {name: await resident_of(self.world, *self.address(name)) for name in EVERY}
        return [
            name for name, each in by_name.items() if each is not None and each.id == getattr(by_name[who], "id", 0)
        ]

    async def receipts_of(self, who: str) -> set[str]:
        """The receipt of their ballot, if any."""
        if await resident_of(self.world, *self.address(who)) is None:
            return set()
        return {ballot.receipt for _, ballot in await ballots_of(self.world, *self.address(who))}

    async def receipts(self) -> dict[str, bool | None]:
        """The receipts of all ballots of this crowd, and whether each has a number."""
        async with self.world.db.transaction() as session:
            rows = await session.execute(select(Ballot.receipt, Ballot.numbered))
            return {receipt: numbered for receipt, numbered in rows if receipt not in self.before}

    def address(self, who: str) -> tuple[str, str]:
        """Channel and address, to look into the database."""
        return self.on[who].channel, self.on[who].address


@pytest.fixture
async def strict(database_url: str) -> Any:
    """A world whose vote counts only people with a number."""
    async with quiet(database_url, consultation={**main_consultation(), "numbers": "required"}) as strict_world:
        yield strict_world


@examples(20, usual=3, shrink=False, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(moves, min_size=8, max_size=14))
@example(acts=[("link", ("T1", "P")), ("vote", "P", 1), ("wrong", "P"), ("forget",), ("vote", "P", 2)])
@example(acts=[("link", ("T1", "P")), ("vote", "P", 1), ("wrong", "T1"), ("forget",), ("vote", "T1", 2)])
@example(acts=[("link", ("T1", "P")), ("vote", "T1", 1), ("anew", "P"), ("forget",), ("vote", "P", 2)])
@example(
    acts=[
        ("vote", "P", 1), ("link", ("T1", "P")), ("wrong", "P"), ("forget",), ("erase", "P"), ("forget",),
        ("link", ("T2", "P")), ("vote", "T2", 2), ("wrong", "P"), ("forget",), ("vote", "P", 3),
    ]
)  # fmt: skip
@example(
    acts=[
        ("vote", "T2", 2), ("vote", "P", 1), ("link", ("T1", "P")), ("wrong", "P"), ("link", ("T2", "P")),
        ("vote", "P", 3),
    ]
)  # fmt: skip
async def test_no_address_has_part_in_two_ballots_that_count(strict: World, acts: Sequence[tuple[Any, ...]]) -> None:
    crowd = Crowd(strict)
    await crowd.play(acts)
    assert sum(numbered is not False for numbered in (await crowd.receipts()).values()) <= len(PHONES)


async def test_of_a_wrong_number_only_its_hash_is_kept_after_closing(quiet_world: World) -> None:
    """The hash keeps it out until START, as after STOP; nothing reveals any more what it took part in."""
    crowd = Crowd(quiet_world)
    await crowd.play([("link", ("T1", "P")), ("vote", "P", 1), ("wrong", "P"), ("forget",)])
    assert await count(quiet_world) == 1
    assert await resident_of(quiet_world, *crowd.address("P")) is not None  # its hash is kept
    await quiet_world.close("plan")
    assert await count(quiet_world) == 0
    await crowd.forget()
    left = await resident_of(quiet_world, *crowd.address("P"))
    assert left is not None
    assert (left.state, left.language, left.province) == (residents.ERASED, None, None)
    async with quiet_world.db.transaction() as session:
        address = (await session.scalars(select(Address).where(Address.resident_id == left.id))).one()
        assert (address.sealed, address.prefix, address.state) == (b"", None, erasure.REFUSED)
        assert not await session.scalar(select(func.count()).where(Participation.resident_id == left.id))


async def count(world: World) -> int:
    """How many addresses are marked."""
    async with world.db.transaction() as session:
        return await session.scalar(select(func.count()).select_from(UsedAddress)) or 0
