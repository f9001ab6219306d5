"""Replies nobody understood: enough people are needed, junk displaces nothing, and nobody learns who wrote what."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations import content
from api.consultations.models import Consultation
from api.consultations.words import unmatched
from api.consultations.words.unmatched import MOST, Prompt, Unmatched, bit
from api.dialogue.responses.unmatched import words_to_keep
from tests.corpus.measure import lexicon
from tests.direct import DirectPerson
from tests.seated import seated
from tests.world import KEYRING, World

TODAY = date(2026, 11, 29)
HOME = Prompt("home")


@pytest.mark.parametrize(
    ("text", "remaining"),
    [
        ("Saniya", "saniya"), ("la  SANIYA !", "la saniya"), ("الساقية", "الساقيه"), ("a b c d", ""), ("…", ""),
        ("x" * 41, "x"), ("abcdefghij" * 5, ""), ("0612345678", ""), ("c'est 06 12 34 56 78", ""), ("12345", ""),
        ("fatima amrani", ""), ("a@b.ma", ""), ("AB123456", ""), ("ABCD2345", ""), ("abcd 2345", ""),
        ("\u0300" * 4000, ""),
    ],
)  # fmt: skip
def test_only_a_few_words_are_kept_and_nothing_personal(text: str, remaining: str) -> None:
    assert words_to_keep(text, lexicon()) == remaining


def test_a_person_sets_the_same_bit_and_no_bit_is_theirs_alone() -> None:
    assert len({bit("saniya", b"one") for _ in range(100)}) == 1
    assert len({bit("saniya", str(number).encode()) for number in range(1000)}) == 62


def test_without_a_token_a_person_sets_one_bit_as_long_as_a_process_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    def set_by(residents: range) -> list[int]:
        return [bit("saniya", unmatched.process_token(number)) for number in residents]

    assert len({bit("saniya", unmatched.process_token(7)) for _ in range(100)}) == 1
    before = set_by(range(1000))
    assert len(set(before)) == 62
    monkeypatch.setattr(unmatched, "_PROCESS_KEY", b"another process")
    assert set_by(range(1000)) != before  # the database alone does not tell whose bit it is


async def test_one_person_never_counts_as_ten_outside_a_vote(own_world: World) -> None:
    await own_world.close("plan")
    person = DirectPerson.new(own_world, "sms")
    for _ in range(12):
        own_world.now.advance(hours=2)
        await person.say("zarabo")
    async with own_world.db.transaction() as session:
        rows = (await session.scalars(select(Unmatched))).all()
    assert {row.question_id for row in rows} == {None}
    assert {row.bits.bit_count() for row in rows} == {1}


async def shown(session: AsyncSession, today: date, fewest: int = 10) -> list[tuple[str, int]]:
    listed = await unmatched.listed(session, KEYRING, today=today, fewest=fewest)
    return [(each.words, each.people) for each in listed]


async def test_a_text_is_shown_from_ten_people_on_in_steps_and_the_day_after(quiet_world: World) -> None:
    async with quiet_world.db.transaction() as session:
        for place in range(9):
            await unmatched.note(session, KEYRING, HOME, "saniya", place, TODAY)
        assert await shown(session, TODAY + timedelta(days=1)) == []
        for place in (9, 9, 9, 10):
            await unmatched.note(session, KEYRING, HOME, "saniya", place, TODAY)
        assert await shown(session, TODAY) == []
        assert await shown(session, TODAY + timedelta(days=1)) == [("saniya", 10)]
        for place in range(11, 25):  # the next day: what was shown at its start stays until its end
            await unmatched.note(session, KEYRING, HOME, "saniya", place, TODAY + timedelta(days=1))
            assert await shown(session, TODAY + timedelta(days=1)) == [("saniya", 10)]
        assert await shown(session, TODAY + timedelta(days=2)) == [("saniya", 20)]
        assert await shown(session, TODAY + timedelta(days=1), fewest=1) == [("saniya", 25)]  # a demonstration


async def test_junk_displaces_junk_and_never_what_many_wrote(quiet_world: World) -> None:
    async with quiet_world.db.transaction() as session:
        for place in range(10):
            await unmatched.note(session, KEYRING, HOME, "saniya", place, TODAY - timedelta(days=9))
        for number in range(MOST + 50):
            await unmatched.note(session, KEYRING, HOME, f"junk {number}", 3, TODAY)
        rows = (await session.scalars(select(Unmatched))).all()
        assert len(rows) == MOST
        assert await shown(session, TODAY) == [("saniya", 10)]
        await unmatched.expire(session, before=TODAY)
        assert await shown(session, TODAY) == []


async def test_one_person_adds_one_bit_and_five_texts_in_an_hour(quiet_world: World) -> None:
    person = await seated(quiet_world, "sms")
    for _ in range(3):
        for word in ("zarabo", "kilimo", "tutazo", "mirabo", "pelivo", "gorino", "badulo", "sefiro"):
            await person.say(word)
    async with quiet_world.db.transaction() as session:
        rows = (await session.scalars(select(Unmatched))).all()
    assert 0 < len(rows) <= 5
    assert {row.bits.bit_count() for row in rows} == {1}
    for _ in range(3):
        quiet_world.now.advance(hours=2)
        await person.say("zarabo")
    assert await people(quiet_world, "zarabo") == 1
    await (await seated(quiet_world, "telegram")).say("zarabo")
    assert await people(quiet_world, "zarabo") in (1, 2)  # two people may share a bit


async def people(world: World, words: str) -> int:
    async with world.db.transaction() as session:
        number = await session.scalar(select(Consultation.id).where(Consultation.code == "plan"))
        question = (await content.read(session, consultation_id=number or 0))[0]
        key = unmatched.known_by(KEYRING, Prompt(question.kind, question.id), words)
        return (await session.get_one(Unmatched, key)).bits.bit_count()


async def test_closing_destroys_what_was_written_in_a_vote(quiet_world: World) -> None:
    await (await seated(quiet_world, "sms")).say("zarabo")
    async with quiet_world.db.transaction() as session:
        assert len((await session.scalars(select(Unmatched))).all()) == 1
    await quiet_world.close("plan")
    late = DirectPerson.new(quiet_world, "sms")
    await late.say("zarabo")  # at a step outside a vote
    async with quiet_world.db.transaction() as session:
        assert all(row.question_id is None for row in await session.scalars(select(Unmatched)))
