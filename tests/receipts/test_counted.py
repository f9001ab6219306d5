"""Receipts that only prove that a vote counts: neither they nor the list can show what somebody chose."""

from __future__ import annotations

import hashlib
from html import unescape
from typing import Any

import pytest
from sqlalchemy import delete, select

from api.consultations.models import Answer, Ballot, Consultation, Publication, Superseded
from api.consultations.schemas import ConsultationIn
from tests.api.office import CONSULTATIONS, call, draft
from tests.ballots import stuff
from tests.consultations import main_consultation, question, vote, words
from tests.direct import DirectPerson
from tests.public.reading import voice_of
from tests.public.test_list import rows
from tests.world import World

ANSWERS = (
    ("A5 B5", "3 1 2", "oui", "un pont"),
    ("A9 B1", "3 1 2", "non", "une route"),
    ("A5 B3 C2", "1 2 3", "oui", ""),
)


def every() -> dict[str, Any]:
    """A consultation in which a rare answer to any question would identify a ballot."""
    questions = [
        question("points", options=3, total=10),
        question("ranking", options=3),
        question("yes_no"),
        question("text"),
    ]
    return {"code": "money", "title": words("money"), "questions": questions}


async def closed_vote(world: World) -> list[str]:
    """Close a vote with these ballots and one replaced receipt; return the receipts that count."""
    await world.open(every())
    for answers in ANSWERS:
        person = DirectPerson.new(world, "sms")
        for word in ("money", "français", "oui", "passer", "money", *answers[:3], answers[3] or "passer"):
            await person.say(word)
    async with world.db.transaction() as session:
        (number,) = await session.scalars(select(Consultation.id).where(Consultation.code == "money"))
        session.add(Superseded(consultation_id=number, receipt="9KMNPQRS"))
        receipts = sorted(await session.scalars(select(Ballot.receipt).where(Ballot.consultation_id == number)))
    await world.close("money")
    return receipts


async def test_the_list_has_receipts_and_choices_apart(quiet_world: World) -> None:
    receipts = await closed_vote(quiet_world)
    assert len(receipts) == len(ANSWERS)
    text = (await quiet_world.http.get("/consultations/money/receipts.txt")).text
    heading, *lines = text.splitlines()
    assert heading == "sawt-receipts 2 money 3"
    listed = sorted([*(f"{each} counted" for each in receipts), "9KMNPQRS replaced"])
    assert lines[: len(listed)] == listed
    assert lines[len(listed) :] == [
        "1 1=5 2", "1 1=9 1", "1 2=1 1", "1 2=3 1", "1 2=5 1", "1 3=2 1",
        "2 1=1 1", "2 1=2 2", "2 2=2 1", "2 2=3 2", "2 3=1 2", "2 3=3 1",
        "3 no 1", "3 yes 2",
        "4 * 2",
    ]  # fmt: skip
    async with quiet_world.db.transaction() as session:
        [published] = await session.scalars(select(Publication))
    assert hashlib.sha256(text.encode()).hexdigest() == published.digest


@pytest.mark.parametrize("language", ["ar", "fr", "zgh"])
async def test_a_receipt_never_says_what_was_chosen(quiet_world: World, language: str) -> None:
    await quiet_world.open(every())
    person = DirectPerson.new(quiet_world, "sms")
    for word in ("money", "français", "oui", "passer", "money", *ANSWERS[0]):
        await person.say(word)
    async with quiet_world.db.transaction() as session:
        receipt = (await session.scalars(select(Ballot.receipt))).one()
    voice = voice_of(quiet_world, language)
    text = voice("receipt.kept", receipt=receipt, title=voice.pick(words("money")))
    for _ in range(2):  # open, then closed
        page = await quiet_world.http.get("/receipts", params={"lang": language, "receipt": receipt})
        assert text in unescape(page.text)
        assert "option" not in page.text
        spoken = "\n".join(each.reply.text for each in await person.say(f"VERIFIER {receipt}"))
        assert "Ce code le prouve" in spoken
        assert "option 1" not in spoken
        if (await quiet_world.results("money")).state == "open":
            await quiet_world.close("money")


async def test_nothing_in_the_database_leads_from_a_receipt_to_a_choice(quiet_world: World) -> None:
    """Thirty people answer in few patterns; after closing few ballots still have theirs, but all counts are the
    same.
    """
    await quiet_world.open({**main_consultation(), "code": "many", "title": words("many"), "receipts": "counted"})
    await stuff(quiet_world, [("01.571", "sms", False, (place % 3, place % 2)) for place in range(30)], "many")
    before, counted = await patterns(quiet_world), (await quiet_world.results("many")).questions
    await quiet_world.close("many")
    after = await patterns(quiet_world)
    assert sum(map(len, after.values())) == sum(map(len, before.values()))
    same = sum(before[receipt] == after.get(receipt) for receipt in before)
    assert same < 20  # one in six by chance; all, if nothing were shuffled
    assert (await quiet_world.results("many")).questions == counted
    assert (await quiet_world.http.get("/consultations/many/receipts.txt")).status_code == 200


async def patterns(world: World) -> dict[str, list[tuple[int, str]]]:
    """The answers on each receipt's ballot."""
    by_receipt: dict[str, list[tuple[int, str]]] = {}
    async with world.db.transaction() as session:
        rows = select(Ballot.receipt, Answer.question_id, Answer.value).join(Answer, Answer.ballot_id == Ballot.id)
        for receipt, question_id, value in await session.execute(rows.order_by(Answer.question_id)):
            by_receipt.setdefault(receipt, []).append((question_id, value))
    return by_receipt


async def test_its_page_has_totals_and_says_what_a_receipt_proves(quiet_world: World) -> None:
    await closed_vote(quiet_world)
    voice = voice_of(quiet_world, "fr")
    page = unescape((await quiet_world.http.get("/consultations/money/receipts", params={"lang": "fr"})).text)
    assert voice("page.proof.counted") in page
    assert voice("page.compare.apart") in page
    assert voice("page.compare") not in page
    assert [total for _, _, total in rows(page)[:3]] == ["19", "9", "2"]


async def test_a_list_with_choices_says_to_keep_the_receipt(quiet_world: World) -> None:
    await quiet_world.close("plan")
    page = unescape((await quiet_world.http.get("/consultations/plan/receipts", params={"lang": "fr"})).text)
    assert voice_of(quiet_world, "fr")("page.proof.checked") in page


async def test_what_is_changed_afterwards_does_not_fit_either(quiet_world: World) -> None:
    await closed_vote(quiet_world)
    async with quiet_world.db.transaction() as session:
        await session.execute(delete(Superseded))
    assert (await quiet_world.http.get("/consultations/money/receipts.txt")).status_code == 503


@pytest.mark.parametrize(
    ("consultation", "receipts"),
    [
        (main_consultation(), "checked"),
        (vote("several"), "checked"),
        (vote("points", total=10), "counted"),
        ({**vote("points", total=10), "receipts": "checked"}, "checked"),
        ({**main_consultation(), "receipts": "counted"}, "counted"),
    ],
)
def test_votes_on_money_are_counted_unless_staff_say_otherwise(consultation: dict[str, Any], receipts: str) -> None:
    assert ConsultationIn.model_validate(consultation).receipt_mode() == receipts


async def test_staff_choose_it_over_the_api(quiet_world: World) -> None:
    created = (await call(quiet_world, "POST", CONSULTATIONS, json=draft(receipts="counted"))).json()
    assert created["receipts"] == "counted"
    refused = await call(quiet_world, "POST", CONSULTATIONS, json=draft(receipts="secret"))
    assert refused.status_code == 422
