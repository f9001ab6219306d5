"""With everything there is after closing, nobody can be tied to a ballot: rows, keys, logs, the provider's list, polls.

The promise is about all of them together, so the test plays an operator who stored whatever could be read.
"""

from __future__ import annotations

import base64
import itertools
import json
import random
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select, text

from api.channel import Forgetful
from api.consultations.counts import snapshots
from api.consultations.models import Answer, Ballot, Participation
from api.conversations.models import Conversation
from api.db import Base, dialect
from api.errors import Invalid
from api.outbox.models import Delivery
from api.outbox.worker.provider_deletion import Forgetter
from api.residents.models import Address, Resident
from api.security.crypto import voter_token
from api.text.normalise import normalise
from tests.api.office import CONSULTATIONS, call
from tests.ballots import KEYRING, resident_of
from tests.conftest import Databases
from tests.consultations import question, words
from tests.linking.acts import shown_receipt, vote_to_the_end
from tests.people import PEOPLE, Person
from tests.seating import seat
from tests.wire.checker import WireChecker
from tests.world import World, living

PURPOSES = ("delivery", "merge", "letter", "answer", "ballot", "address", "assisted", "idea draft")
SEALED = re.compile(r"[A-Za-z0-9+/]{40,}={0,2}")  # sealed values in JSON
# How people write a receipt; the last text is offered to be sent as a letter to staff.
WRITTEN = (
    "{}", "VERIFIER {}", "mon reçu est {}", "code : {}", "{} ?", "mon code {} svp",
    "IDEE mon reçu est {}",
    "bonjour, mon frère a voté hier avec moi au village et son reçu est {}, merci de regarder",
)  # fmt: skip
BY_CHANCE = 8  # of 47, places in which two unrelated orders agree: more happens once in a million


@dataclass
class Voter:
    """One person; nobody else may find their receipt."""

    person: Person
    resident: int
    receipt: str
    at: datetime


@dataclass
class Insider:
    """An operator who watched from the start."""

    world: World
    voters: list[Voter] = field(default_factory=list)
    polls: list[dict[str, Any]] = field(default_factory=list)

    async def poll(self, code: str = "plan") -> None:
        """Read the results; anybody may do so at any time."""
        self.polls.append((await call(self.world, "GET", f"{CONSULTATIONS}/{code}/results")).json())

    async def cells(self) -> list[tuple[str, Any]]:
        """Every value of every row of every table, with its table and column."""
        async with self.world.db.transaction() as session:
            return [
                (f"{table.name}.{column.name}", value)
                for table in Base.metadata.sorted_tables
                for column in table.columns
                for value in await session.scalars(select(column))
                if value is not None
            ]

    def decrypted(self, cells: Sequence[tuple[str, Any]]) -> list[str]:
        """All texts: as stored, and as the keys decrypt them."""
        texts = [repr(value) for name, value in cells if name.partition(".")[0] not in ("ballots", "superseded")]
        for value in filter(None, itertools.chain.from_iterable(sealed_in(value) for _, value in cells)):
            for purpose in PURPOSES:
                try:
                    texts.append(KEYRING.decipher(value, purpose=purpose))
                except (Invalid, ValueError, IndexError):
                    continue
        return texts

    async def orders(self) -> dict[str, list[str]]:
        """The receipts in each order in which the database may return them."""
        async with self.world.db.transaction() as session:
            place = "ctid" if dialect(session) == "postgresql" else "rowid"
            orders = {}
            for order in ("id", "voter", place):
                orders[order] = list(await session.scalars(text(f"SELECT receipt FROM ballots ORDER BY {order}")))
            by_answer = f"SELECT b.receipt FROM answers a JOIN ballots b ON b.id = a.ballot_id ORDER BY a.{place}"
            orders["answers"] = list(dict.fromkeys(await session.scalars(text(by_answer))))
            return orders

    async def people(self) -> dict[str, list[int]]:
        """The residents who took part, in each order in which the database may return them."""
        async with self.world.db.transaction() as session:
            place = "ctid" if dialect(session) == "postgresql" else "rowid"
            rows = f"SELECT resident_id FROM participations WHERE state = 'finished' ORDER BY {place}"
            joined = select(Participation.resident_id).where(Participation.state == "finished")
            return {
                "rows": list(await session.scalars(text(rows))),
                "numbers": list(await session.scalars(joined.order_by(Participation.resident_id))),
                "moments": [each.resident for each in sorted(self.voters, key=lambda voter: voter.at)],
            }

    async def facts(self) -> dict[int, dict[str, Any]]:
        """The facts about each resident that a ballot may have as well."""
        async with self.world.db.transaction() as session:
            rows = await session.execute(
                select(Resident.id, Resident.province, Resident.language, Address.channel).join(
                    Address, Address.resident_id == Resident.id
                )
            )
            return {row[0]: {"province": row[1], "language": row[2], "channel": row[3]} for row in rows}

    async def candidates(self) -> dict[int, set[str]]:
        """For each voter, the receipts of all ballots that may be theirs, judged by the facts on both."""
        known = await self.facts()
        async with self.world.db.transaction() as session:
            ballots = (await session.scalars(select(Ballot))).all()
        return {
            each.resident: {
                ballot.receipt
                for ballot in ballots
                if all(getattr(ballot, name) in (None, value) for name, value in known[each.resident].items())
            }
            for each in self.voters
        }

    async def identified(self) -> set[int]:
        """The residents whose ballot can be identified."""
        cells = await self.cells()
        content = "\n".join(self.decrypted(cells))
        content += "\n".join(each.text for each in self.world.network.sms.messages.values())
        residents = {each.resident for each in self.voters if any(name in content for name in known_by(each.receipt))}
        tokens = {value for name, value in cells if name == "ballots.voter"}
        keys = [value for _, value in cells if isinstance(value, bytes)]
        for each in self.voters:
            if any(voter_token(key, each.resident) in tokens for key in keys):
                residents.add(each.resident)
        return residents | {resident for resident, receipts in (await self.candidates()).items() if len(receipts) < 2}


def sealed_in(value: Any) -> Iterator[bytes]:
    """Values in a cell that may be sealed."""
    if isinstance(value, bytes):
        yield value
    elif isinstance(value, dict | list):
        yield from (base64.b64decode(match) for match in SEALED.findall(json.dumps(value)) if len(match) % 4 == 0)


def known_by(receipt: str) -> Iterator[str]:
    """A receipt, and the keyed hashes by which somebody with the list and the keys could find its owner."""
    yield receipt
    for written in (form.format(receipt) for form in WRITTEN):
        yield KEYRING.blind_index("said", written).hex()
        yield KEYRING.blind_index("repeated", re.sub(r"\d+", "", normalise(written)).strip()).hex()[:12]


async def newcomer(insider: Insider, channel: str, language: str, province: int) -> Person:
    """A resident who is ready to vote."""
    person: Person = PEOPLE[channel](insider.world, language)
    await seat(insider.world, channel, person.address, language)
    await person.say(str(province))
    return person


async def note_vote(insider: Insider, person: Person, receipt: str, code: str) -> None:
    """Record a vote; the insider reads the results at once, and the clock goes on."""
    world = insider.world
    resident = await resident_of(world, person.channel, person.address)
    assert resident is not None
    insider.voters.append(Voter(person, resident.id, receipt, world.now()))
    world.now.advance(minutes=13)
    async with world.db.transaction() as session:
        await snapshots.take(session, now=world.now())
    await insider.poll(code)


async def close(insider: Insider, code: str = "plan") -> None:
    """Close the consultation, and let some hours pass."""
    await insider.world.close(code)
    await delete_at_provider(insider)


async def delete_at_provider(insider: Insider) -> None:
    """Let the provider delete what it still has."""
    world = insider.world
    await world.network.settled()
    sms = next(each for each in world.service.channels if isinstance(each, Forgetful))
    for _ in range(2):
        world.now.advance(hours=2)
        await Forgetter("sms", sms, world.service.means).once()


@pytest.fixture
async def insider(
    databases: Databases, checker: WireChecker, caplog: pytest.LogCaptureFixture
) -> AsyncIterator[Insider]:
    """A service with the default threshold, and somebody who watches it."""
    caplog.set_level("INFO")
    async with living(await databases.fresh(), checker, smallest_count=10) as world:
        yield Insider(world)


async def test_of_47_nobody_is_tied_to_a_ballot(insider: Insider, caplog: pytest.LogCaptureFixture) -> None:
    rng = random.Random(47)
    for number in range(47):
        language, channel = ("ar", "fr", "zgh")[number % 3], ("sms", "telegram")[number // 3 % 2]
        person = await newcomer(insider, channel, language, number % 8 + 1)
        await note_vote(insider, person, await vote_to_the_end(person, rng.randint(1, 3)), "plan")
    receipts = dict.fromkeys(each.receipt for each in insider.voters)
    assert await insider.identified()  # while it is open, the service itself must know
    await close(insider)
    assert await insider.identified() == set()
    assert not [receipt for receipt in receipts if receipt in caplog.text]
    truth = {each.resident: each.receipt for each in insider.voters}
    for people in (await insider.people()).values():
        assert len(people) == 47
        for receipts in (await insider.orders()).values():
            right = sum(truth[resident] == receipt for resident, receipt in zip(people, receipts, strict=True))
            assert right <= BY_CHANCE


async def test_no_two_polls_tell_a_vote(insider: Insider) -> None:
    rng = random.Random(8)
    for number in range(33):
        person = await newcomer(insider, ("sms", "telegram")[number % 2], "fr", number % 8 + 1)
        await note_vote(insider, person, await vote_to_the_end(person, rng.randint(1, 3)), "plan")
    await close(insider)
    await insider.poll()
    answers = [[each["count"] for each in poll["questions"][0]["answers"]] for poll in insider.polls]
    seen = [each for each in answers if None not in each]
    assert sum(seen[-1]) == 33
    assert len({tuple(each) for each in seen}) > 1
    for before, after in itertools.combinations(seen, 2):
        more = sum(max(new - old, 0) for old, new in zip(before, after, strict=True))
        less = sum(max(old - new, 0) for old, new in zip(before, after, strict=True))
        assert before == after or max(more, less) >= 10


async def test_nothing_tells_how_far_somebody_came(insider: Insider) -> None:
    """Few people stop at the same point: a step, a number of messages or of replies would identify their ballot."""
    for number in range(12):
        person = await newcomer(insider, ("sms", "telegram")[number % 2], "fr", number % 8 + 1)
        for choice in (1, 2, 5)[: 1 + number % 3]:
            await person.pick(choice)
        if number == 11:
            await person.say("menu")  # leaves the note of a question behind
    await close(insider)
    async with insider.world.db.transaction() as session:
        columns = (Conversation.consultation_id, Conversation.position, Conversation.heard, Conversation.heard_at)
        rows = (await session.execute(select(*columns, Conversation.guess, Conversation.trail_of))).all()
        notes = set(map(str, await session.scalars(select(Conversation.notes))))
        states = set(await session.scalars(select(Participation.state)))
        replies = (await session.scalars(select(Delivery.id).where(Delivery.inbound_id.is_not(None)))).all()
    assert len(rows) == 12
    assert len(set(rows)) == 1
    assert (notes, states, replies) == ({"{}"}, {"finished"}, [])


async def test_of_a_few_who_were_invited_nothing_is_published(insider: Insider) -> None:
    world = insider.world
    people = [await newcomer(insider, ("sms", "telegram")[number % 2], "fr", number + 1) for number in range(6)]
    ground = {"code": "ground", "title": words("ground"), "invited_only": True, "questions": [question("yes_no")]}
    await world.open(ground)
    await world.invite("ground")
    await world.deliver()
    for number, person in enumerate(people):
        await person.say("ground")
        await person.pick(number % 2 + 1)
        await note_vote(insider, person, shown_receipt(person), "ground")
    await close(insider, "ground")
    await insider.poll("ground")
    async with world.db.transaction() as session:
        assert not (
            await session.scalars(select(Answer.value))
        ).all()  # if all gave one answer, it would reveal each of them
    assert {poll["ballots"] for poll in insider.polls} == {None}
    assert all(answer["count"] is None for poll in insider.polls for answer in poll["questions"][0]["answers"])
    assert (await world.http.get("/consultations/ground/receipts.txt")).status_code == 404
    assert await insider.identified() == set()


@pytest.mark.parametrize("closed", [False, True])
async def test_nobody_is_tied_who_asked_what_became_of_their_receipt(insider: Insider, closed: bool) -> None:
    """Nor anybody whose letter with a receipt was offered to be sent, or who repeats a text: the list shows their
    choices.
    """
    for number in range(10):
        person = await newcomer(insider, ("sms", "telegram")[number % 2], "fr", number % 8 + 1)
        await note_vote(insider, person, await vote_to_the_end(person, number % 3 + 1), "plan")
    if closed:
        await close(insider)
    for each, form in zip(insider.voters, itertools.cycle(reversed(WRITTEN)), strict=False):
        for _ in range(2):
            await each.person.say(form.format(each.receipt))
        assert form == WRITTEN[-1] or f"{each.receipt} :" in each.person.heard or "est compté" in each.person.heard
    await (delete_at_provider if closed else close)(insider)
    assert await insider.identified() == set()
