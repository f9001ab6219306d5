"""Every condition of an audience on both databases, and what staff may and may not write."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from api.campaigns import service
from api.campaigns.audience.definition import Audience
from api.campaigns.audience.selection import classified
from api.campaigns.schemas import CampaignIn
from api.consultations import participation
from api.consultations import service as consultations
from api.consultations.models import Participation, ParticipationState
from api.residents import follows
from api.residents.follows import COMMITMENT, PROVINCE, THEME
from tests.campaigns.crowd import resident
from tests.campaigns.office import NEWS, ended, launched, make
from tests.people import joined
from tests.world import World

MARTIL, OUED_LAOU = "01.573.01.03", "01.571.01.07"

CONDITIONS: tuple[tuple[dict[str, Any], str], ...] = (
    ({}, "abcd"),
    ({"commune": [MARTIL]}, "a"),
    ({"commune": [MARTIL, OUED_LAOU]}, "ab"),
    ({"commune": [""]}, "cd"),
    ({"not": {"commune": [MARTIL]}}, "bcd"),
    ({"source": ["plan"]}, "a"),
    ({"source": ["PLAN", "souk-2026"]}, "ab"),
    ({"source": [""]}, "cd"),
    ({"follows": ["theme:water"]}, "ab"),
    ({"follows": ["theme:roads"]}, "b"),
    ({"follows": ["commitment:plan-code/3", "province:01.571"]}, "bc"),
    ({"follows": ["commitment:plan-code/2"]}, ""),
    ({"not": {"follows": ["theme:water"]}}, "cd"),
    ({"all": [{"follows": ["theme:water"]}, {"follows": ["theme:roads"]}]}, "b"),
    ({"asked": "plan"}, "a"),
    ({"begun": "plan"}, "b"),
    ({"answered": "plan"}, "c"),
    ({"not": {"answered": "plan"}}, "abd"),
    ({"any": [{"begun": "plan"}, {"asked": "plan"}]}, "ab"),
    ({"asked": "another"}, ""),
    ({"joined_since": "2026-01-02"}, "abcd"),
    ({"not": {"any": [{"source": ["plan"]}, {"all": [{"begun": "plan"}, {"commune": [OUED_LAOU]}]}]}}, "cd"),
)


@pytest.fixture
async def crowd(desk: World) -> dict[int, str]:
    """Four residents, by id."""
    numbers = [
        await resident(desk, commune=MARTIL, source="plan"),
        await resident(desk, commune=OUED_LAOU, source="souk-2026"),
        await resident(desk),
        await resident(desk),
    ]
    a, b, c, _ = numbers
    async with desk.db.transaction() as session:
        for who, kind, ref in (
            (a, THEME, "water"), (b, THEME, "water"), (b, THEME, "roads"), (b, COMMITMENT, "plan-code/3"),
            (c, PROVINCE, "01.571"),
        ):  # fmt: skip
            assert await follows.follow(session, resident_id=who, kind=kind, ref=ref, now=desk.now())
        plan = await consultations.get(session, "plan")
        for who, state in ((b, ParticipationState.BEGUN), (c, ParticipationState.FINISHED)):
            await participation.record_progress(session, consultation_id=plan.id, resident_id=who, state=state)
        asked = Participation(consultation_id=plan.id, resident_id=a, state=ParticipationState.ASKED)
        session.add(asked)
    return dict(zip(numbers, "abcd", strict=True))


async def test_every_condition(desk: World, crowd: dict[int, str]) -> None:
    for audience, names in CONDITIONS:
        campaign = await make(desk, {**NEWS, "urgent": True}, audience=audience)
        assert await whom(desk, campaign, crowd) == names, audience


async def whom(world: World, campaign: int, crowd: dict[int, str]) -> str:
    """The names of the recipients, read from the selection itself."""
    async with world.db.transaction() as session:
        row = await service.get(session, campaign)
        people = classified(row, now=world.now(), weekly=3)
        rows = await session.scalars(select(people.c.resident_id).where(people.c.excluded.is_(None)))
        return "".join(sorted(crowd[row] for row in rows))


async def test_asked_are_those_invited_who_did_not_begin(wired_desk: World) -> None:
    silent, talking = await resident(wired_desk), await joined(wired_desk, "telegram", "fr")
    await wired_desk.invite("plan")
    campaign = await make(wired_desk, {**NEWS, "urgent": True}, audience={"asked": "plan"})
    assert await whom(wired_desk, campaign, {silent: "a"}) == "a"
    assert talking.count > 0  # they began, so they are left out


async def test_last_contacted(desk: World) -> None:
    reached, missed = await resident(desk), await resident(desk)
    news = await launched(desk, NEWS)
    await ended(desk, news, reached, "delivered")
    await ended(desk, news, missed, "failed")
    today = desk.now().date().isoformat()
    campaign = await make(desk, {**NEWS, "urgent": True}, audience={"not_contacted_since": today})
    assert await whom(desk, campaign, {missed: "m", reached: "r"}) == "m"


async def test_following_twice_and_leaving_twice(desk: World) -> None:
    who = await resident(desk)
    async with desk.db.transaction() as session:
        follow = {"resident_id": who, "kind": THEME, "ref": "water"}
        assert await follows.follow(session, **follow, now=desk.now())
        assert not await follows.follow(session, **follow, now=desk.now())
        assert await follows.unfollow(session, **follow)
        assert not await follows.unfollow(session, **follow)


@pytest.mark.parametrize(
    ("audience", "message"),
    [
        ({"commune": ["01.571.99.99"]}, "no commune 01.571.99.99"),
        ({"commune": ["01.571"]}, "no commune"),
        ({"commune": []}, "at least 1 item"),
        ({"province": ["01.999"]}, "no province"),
        ({"language": ["en"]}, "unknown language en"),
        ({"follows": ["water"]}, "residents cannot follow"),
        ({"follows": ["theme:"]}, "is not a theme"),
        (
            {"follows": ["theme:watr"]},
            "theme:watr is not a theme that residents can follow: choose from water, roads, schools",
        ),
        ({"follows": ["meeting:1"]}, "residents cannot follow"),
        ({"follows": ["commitment:plan-code"]}, "residents cannot follow"),
        ({"follows": ["commitment:plan-code/0"]}, "residents cannot follow"),
        ({"follows": ["province:Rabat"]}, "residents cannot follow"),
        ({"source": ["x" * 65]}, "at most 64"),
        ({"source": ["plan"], "begun": "plan"}, "one key"),
        ({"commune": None}, "cannot be null"),
        ({"township": ["x"]}, "extra"),
        ({"not": {"not": {"not": {"not": {"not": {"begun": "plan"}}}}}}, "deep"),
    ],
)
def test_what_staff_may_not_write(audience: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Audience.model_validate(audience)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"quotas": {"01.999": 5}}, "no province 01.999"),
        ({"quotas": {"01.571": -1}}, "greater than or equal to 0"),
        ({"waves": [{"share": 10, "after_minutes": 0}]}, "must add up to 100"),
        ({"waves": [{"share": 60, "after_minutes": 0}, {"share": 60, "after_minutes": 5}]}, "must add up to 100"),
        ({"waves": [{"share": 50, "after_minutes": 5}, {"share": 50, "after_minutes": 5}]}, "later"),
        ({"waves": [{"share": 0, "after_minutes": 0}, {"share": 100, "after_minutes": 5}]}, "greater than or equal"),
        ({"waves": [{"share": 100, "after_minutes": -1}]}, "greater than or equal"),
        ({"waves": [{"share": 100}]}, "required"),
    ],
)
def test_what_quotas_and_waves_may_not_say(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        CampaignIn.model_validate({**NEWS, **fields})
