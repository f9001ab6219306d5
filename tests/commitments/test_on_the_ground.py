"""Ground checks from end to end: followers in a commune are asked, and results appear next to the official status."""

from __future__ import annotations

import secrets

import pytest
from sqlalchemy import select, update

from api.actors import Action
from api.commitments.update_schemas import UpdateIn
from api.consultations.models import Answer, Ballot, Consultation, Question
from api.outbox.models import Delivery
from api.residents.models import Resident
from api.suppression import FEWEST
from api.workflows import updates
from tests.api.office import call
from tests.campaigns.office import take
from tests.commitments.office import COMMUNE, STEPS, ask
from tests.commitments.plans import CODE
from tests.consultations import words
from tests.people import joined
from tests.world import World

STATUS = {"ar": "تتبع ٣", "fr": "statut 3", "zgh": "addad 3"}


async def answered(world: World, code: str, *, yes: int, no: int) -> None:
    """Cast so many ballots of other people."""
    async with world.db.transaction() as session:
        consultation = (await session.scalars(select(Consultation).where(Consultation.code == code))).one()
        question = (await session.scalars(select(Question).where(Question.consultation_id == consultation.id))).one()
        for value in ["yes"] * yes + ["no"] * no:
            ballot = Ballot(
                id=secrets.randbits(62),
                consultation_id=consultation.id,
                voter=secrets.token_bytes(32),
                receipt=secrets.token_hex(4).upper(),
                channel="sms",
                language="fr",
                province=None,
                complete=True,
                cast_on=world.now().date(),
            )
            session.add(ballot)
            await session.flush()
            session.add(Answer(ballot_id=ballot.id, question_id=question.id, rank=0, value=value))
        await session.flush()


@pytest.mark.parametrize("channel", ["sms", "telegram"])
@pytest.mark.parametrize("language", ["ar", "fr", "zgh"])
async def test_a_ground_check_is_asked_answered_closed_and_shown(
    wired_desk: World, channel: str, language: str
) -> None:
    person = await joined(wired_desk, channel, language)
    for _ in range(4):
        await person.way("skip")
    await person.say(f"{person.words('word.follow')} 3")
    async with wired_desk.db.transaction() as session:
        await session.execute(update(Resident).values(commune=COMMUNE))
    code, campaign = await ask(wired_desk)
    await take(wired_desk, campaign, *STEPS)
    await wired_desk.deliver()
    await person.say(person.words("word.begin"))
    assert "is it there?" in person.heard
    await person.pick(1)
    await answered(wired_desk, code, yes=FEWEST - 4, no=3)
    line = person.words("status.ground", yes=FEWEST - 3, no=3)
    await person.say(STATUS[language])
    assert line not in person.heard
    await wired_desk.close(code)
    await person.say(STATUS[language])
    assert line in person.heard
    assert person.words("state.late") in person.heard
    record = (await call(wired_desk, "GET", "/v1/plans/plan-test/commitments/3")).json()
    assert record["milestones"][1]["ground"] == [
        {"milestone": 2, "commune": COMMUNE, "code": code, "state": "closed", "yes": FEWEST - 3, "no": 3}
    ]
    assert (record["state"], record["milestones"][1]["operational"]["status"]) == ("late", "on_track")


async def test_a_few_answers_in_one_commune_are_shown_to_nobody(wired_desk: World) -> None:
    person = await joined(wired_desk, "sms", "fr")
    code, _ = await ask(wired_desk)
    await answered(wired_desk, code, yes=FEWEST - 1, no=0)
    assert await counted(wired_desk) == (None, None)
    await wired_desk.close(code)
    await person.say(STATUS["fr"])
    assert person.words("status.ground", yes=FEWEST - 1, no=0) not in person.heard
    await answered(wired_desk, code, yes=FEWEST, no=0)  # the earlier answers were too few to be kept
    await person.say(STATUS["fr"])
    assert person.words("status.ground", yes=FEWEST, no=0) in person.heard
    assert await counted(wired_desk) == (FEWEST, 0)


async def counted(world: World) -> tuple[int | None, int | None]:
    """Return yes and no as staff read them."""
    ground = (await call(world, "GET", "/v1/plans/plan-test/commitments/3")).json()["milestones"][1]["ground"][0]
    return ground["yes"], ground["no"]


async def test_unfollowing_by_sms_cancels_waiting_updates(wired_desk: World) -> None:
    person = await joined(wired_desk, "sms", "fr")
    for number in (3, 4):
        await person.say(f"suivre {number}")
        async with wired_desk.db.transaction() as session:
            data = UpdateIn.model_validate({"text": words("news")})
            _, campaign = await updates.draft_update(
                session, CODE, number, data, action=Action("amina", wired_desk.now())
            )
        await take(wired_desk, campaign.id, *STEPS)
    await person.say("ne plus suivre 4")
    async with wired_desk.db.transaction() as session:
        rows = select(Delivery.state).where(Delivery.campaign_id.is_not(None)).order_by(Delivery.campaign_id)
        assert list(await session.scalars(rows)) == ["queued", "cancelled"]
