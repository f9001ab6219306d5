"""Reads one person's votes from the database: tests can, as long as the vote is open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from sqlalchemy import String, cast, func, insert, select

from api.consultations.ballots.casting import new_receipt
from api.consultations.content import read
from api.consultations.models import Answer, Ballot, Consultation, Option, Question
from api.consultations.vault_keys.secrecy import secret_of
from api.residents import service as residents
from api.residents.models import Address, Resident
from api.security.crypto import Keyring, voter_token
from tests.world import KEYS, World

KEYRING = Keyring.parse(KEYS)
Cast = tuple[str, str, bool, Sequence[int]]  # province, channel, assisted, the options chosen for the first questions


async def resident_of(world: World, channel: str, address: str) -> Resident | None:
    """The row of the person behind an address."""
    async with world.db.transaction() as session:
        address_row = await residents.find_address(session, keyring=KEYRING, channel=channel, address=address)
        return None if address_row is None else await session.get(Resident, address_row.resident_id)


async def addresses_of(world: World, channel: str, address: str) -> int:
    """The number of residents with this address."""
    blind = KEYRING.blind_index(channel, address)
    async with world.db.transaction() as session:
        return await session.scalar(select(func.count()).where(Address.blind_index == blind)) or 0


async def ballots_of(world: World, channel: str, address: str) -> list[tuple[str, Ballot]]:
    """A person's ballots in open consultations, each with the consultation's code."""
    resident = await resident_of(world, channel, address)
    assert resident is not None
    ballots = []
    async with world.db.transaction() as session:
        for consultation in await session.scalars(select(Consultation).where(Consultation.secret.is_not(None))):
            voter = voter_token(secret_of(session, consultation), resident.id)
            own = select(Ballot).where(Ballot.consultation_id == consultation.id, Ballot.voter == voter)
            ballots += [(consultation.code, ballot) for ballot in await session.scalars(own)]
    return ballots


async def answers_of(world: World, channel: str, address: str) -> dict[int, list[str]]:
    """The answers on a person's only ballot: question number to values; an option is its place."""
    ballots = await ballots_of(world, channel, address)
    assert len(ballots) == 1
    async with world.db.transaction() as session:
        rows = await session.execute(
            select(Question.position, Answer.value, Option.position)
            .join(Question, Question.id == Answer.question_id)
            .outerjoin(Option, (Option.question_id == Question.id) & (cast(Option.id, String) == Answer.value))
            .where(Answer.ballot_id == ballots[0][1].id)
            .order_by(Question.position, Answer.rank)
        )
        answers: dict[int, list[str]] = {}
        for position, value, place in rows:
            answers.setdefault(position + 1, []).append(value if place is None else str(place + 1))
        return answers


async def grouped(world: World, fact: str, code: str = "plan") -> Counter[str]:
    """The number of ballots with each value of a coarse fact; results would hide small groups."""
    async with world.db.transaction() as session:
        values = select(getattr(Ballot, fact)).join(Consultation, Consultation.id == Ballot.consultation_id)
        return Counter(map(str, await session.scalars(values.where(Consultation.code == code))))


async def stuff(world: World, people: Sequence[Cast], code: str = "plan") -> None:
    """Insert ballots into a consultation like the main one, without voters."""
    async with world.db.transaction() as session:
        (number,) = await session.scalars(select(Consultation.id).where(Consultation.code == code))
        questions = await read(session, consultation_id=number)
        values = ([option.value for option in questions[0].options], ["yes", "no"])
        ballots, answers = [], []
        for place, (province, channel, assisted, chosen) in enumerate(people, start=1000 * number):
            ballots.append(
                {"id": place, "consultation_id": number, "voter": str(place).encode(), "receipt": new_receipt(),
                 "channel": channel, "language": "fr", "province": province, "complete": False,
                 "cast_on": date(2026, 11, 1), "assisted": assisted}
            )  # fmt: skip
            answers += [
                {"ballot_id": place, "question_id": question.id, "rank": 0, "value": options[choice]}
                for question, options, choice in zip(questions, values, chosen, strict=False)
            ]
        await session.execute(insert(Ballot), ballots)
        await session.execute(insert(Answer), answers)


async def values_of(world: World, ballot: Ballot) -> list[tuple[int, str]]:
    """Every value on a ballot, with its question's id."""
    async with world.db.transaction() as session:
        rows = await session.execute(select(Answer.question_id, Answer.value).where(Answer.ballot_id == ballot.id))
        return [(number, value) for number, value in rows]
