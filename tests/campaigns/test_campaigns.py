"""Campaigns on both databases: who gets them and who does not, their states, their hours, and their outcome."""

from __future__ import annotations

from typing import Any

import pytest

from api.campaigns import actions, service
from api.campaigns.reporting.report import report
from api.errors import Conflict, Forbidden, Invalid
from api.residents import service as residents
from tests.campaigns.crowd import resident
from tests.campaigns.office import INVITATION, NEWS, clock, look, make, state, states, take
from tests.consultations import main_consultation, words
from tests.people import SmsPerson, joined
from tests.world import World


async def test_a_preview_says_who_gets_it_and_who_does_not(desk: World) -> None:
    await resident(desk, language="ar", province="01.511")
    await resident(desk, language="zgh", latin=True, channels=("sms", "telegram"))
    await resident(desk, state=residents.STOPPED)
    await resident(desk, state=residents.JOINING, language=None)
    await resident(desk, channels=())
    preview = await look(desk, await make(desk, NEWS))
    assert preview.recipients == 2
    assert preview.by_channel == {"sms": 1, "telegram": 1}  # nobody on both, the free one first
    assert preview.by_language == {"ar": 1, "zgh": 1}
    assert preview.by_province == {"01.511 Tanger-Assilah": 1, "01.571 Tétouan": 1}
    assert preview.excluded == {"stopped": 1, "no consent": 1, "unreachable": 1}
    assert preview.segments == {"ar": 1, "fr": 1, "zgh": 1, "zgh (latin)": 1}
    assert (preview.total_segments, preview.price, preview.blockers) == (1, None, [])
    assert any("price" in warning for warning in preview.warnings)


@pytest.mark.parametrize(
    ("audience", "names"),
    [
        ({}, "abc"),
        ({"province": ["01.571"]}, "ab"),
        ({"province": [""]}, "c"),
        ({"language": ["ar", "zgh"]}, "bc"),
        ({"channel": ["telegram"]}, "b"),
        ({"not": {"province": ["01.571"]}}, "c"),
        ({"all": [{"province": ["01.571"]}, {"language": ["fr"]}]}, "a"),
        ({"any": [{"language": ["fr"]}, {"channel": ["telegram"]}]}, "ab"),
        ({"joined_since": "2000-01-01"}, "abc"),
        ({"joined_since": "2100-01-01"}, ""),
        ({"answered": "plan"}, ""),
        ({"not": {"answered": "plan"}}, "abc"),
        ({"not_contacted_since": "2000-01-01"}, "abc"),
    ],
)
async def test_audiences(desk: World, audience: dict[str, Any], names: str) -> None:
    await resident(desk, language="fr", province="01.571")
    await resident(desk, language="ar", province="01.571", channels=("telegram",))
    await resident(desk, language="zgh", province=None)
    preview = await look(desk, await make(desk, NEWS, audience=audience))
    by_name = {"a": "fr", "b": "ar", "c": "zgh"}
    assert set(preview.by_language) == {by_name[name] for name in names}


async def test_those_who_took_part_are_known_but_not_their_answers(wired_desk: World) -> None:
    person = await joined(wired_desk, "sms", "fr")
    begun = await look(wired_desk, await make(wired_desk, NEWS, audience={"begun": "plan"}))
    for text in ("1", "oui", "3", "une route"):
        await person.say(text)
    answered = await look(wired_desk, await make(wired_desk, NEWS, audience={"answered": "plan"}))
    assert (begun.recipients, answered.recipients) == (1, 1)
    reminder = await look(wired_desk, await make(wired_desk, {**INVITATION, "purpose": "remind"}))
    assert reminder.excluded == {"already invited or answered": 1}


async def test_the_whole_life(wired_desk: World) -> None:
    for _ in range(3):
        await resident(wired_desk)
    campaign = await make(wired_desk, INVITATION)
    await take(wired_desk, campaign, "submit", "approve", "launch")
    assert await states(wired_desk, campaign) == ["queued"] * 3
    await wired_desk.deliver()
    assert await states(wired_desk, campaign) == ["delivered"] * 3
    await clock(wired_desk)
    assert await state(wired_desk, campaign) == "finished"
    async with wired_desk.db.transaction() as session:
        history = [(each.step, each.who) for each in await service.history(session, campaign)]
        result = await report(session, campaign, prices=wired_desk.kit.rules.prices)
    assert [step for step, _ in history] == ["create", "submit", "approve", "launch", "finish"]
    assert (result.total, result.states, result.by["province"]) == (
        3,
        {"delivered": 3},
        {"01.571 Tétouan": {"delivered": 3}},
    )


async def test_nobody_approves_their_own_large_campaign(desk: World) -> None:
    for _ in range(3):
        await resident(desk)
    desk.settings.approval_above = 2
    campaign = await make(desk, NEWS)
    await take(desk, campaign, "submit", who="amina")
    with pytest.raises(Forbidden, match="3 people"):
        await take(desk, campaign, "approve", who="amina")
    await take(desk, campaign, "approve", who="idir")
    assert await state(desk, campaign) == "approved"


async def test_what_grew_large_since_its_author_approved_it_is_launched_by_nobody(desk: World) -> None:
    await resident(desk)
    desk.settings.approval_above = 2
    alone, seen = await make(desk, NEWS), await make(desk, NEWS)
    await take(desk, alone, "submit", "approve", who="amina")
    await take(desk, seen, "submit", "approve", who="idir")
    for _ in range(2):
        await resident(desk)
    with pytest.raises(Forbidden, match="3 people"):
        await take(desk, alone, "launch", who="idir")
    await take(desk, seen, "launch", who="amina")
    async with desk.db.transaction() as session:
        await actions.schedule(session, alone, at=desk.now.later(minutes=2), who="amina", now=desk.now())
    desk.now.advance(minutes=2)
    await clock(desk)
    assert (await state(desk, alone), await states(desk, alone)) == ("draft", [])


async def test_an_empty_audience_or_a_closed_consultation_blocks(desk: World) -> None:
    campaign = await make(desk, INVITATION)
    with pytest.raises(Invalid, match="no one would get this campaign"):
        await take(desk, campaign, "submit")
    await resident(desk)
    await desk.close("plan")
    with pytest.raises(Invalid, match="not open"):
        await take(desk, campaign, "submit")
    assert await state(desk, campaign) == "draft"


async def test_pause_resume_and_cancel_keep_the_exact_place(wired_desk: World) -> None:
    people = [await resident(wired_desk) for _ in range(4)]
    campaign = await make(wired_desk, NEWS)
    await take(wired_desk, campaign, "submit", "approve", "launch", "pause")
    await wired_desk.deliver()
    assert await states(wired_desk, campaign) == ["queued"] * 4
    await take(wired_desk, campaign, "resume")
    await wired_desk.deliver()
    assert await states(wired_desk, campaign) == ["delivered"] * 4
    second = await make(wired_desk, {**NEWS, "urgent": True})
    await take(wired_desk, second, "submit", "approve", "launch", "cancel")
    await wired_desk.deliver()
    assert await states(wired_desk, second) == ["cancelled"] * len(people)
    with pytest.raises(Conflict):
        await take(wired_desk, second, "resume")


async def test_quiet_hours_hold_back_campaigns_but_not_urgent_ones(wired_desk: World) -> None:
    await resident(wired_desk)
    wired_desk.now.advance(hours=12)  # ten in the evening
    campaign, urgent = await make(wired_desk, NEWS), await make(wired_desk, {**NEWS, "urgent": True})
    assert any("cannot be sent at this hour" in warning for warning in (await look(wired_desk, campaign)).warnings)
    for each in (campaign, urgent):
        await take(wired_desk, each, "submit", "approve", "launch")
    await wired_desk.deliver()
    assert (await states(wired_desk, campaign), await states(wired_desk, urgent)) == (["queued"], ["delivered"])
    wired_desk.now.advance(hours=11, minutes=30)  # half past nine
    await clock(wired_desk)
    await wired_desk.deliver()
    assert await states(wired_desk, campaign) == ["delivered"]


async def test_a_schedule_launches_once_and_a_missed_one_asks_again(desk: World) -> None:
    await resident(desk)
    due, stale = await make(desk, NEWS), await make(desk, NEWS)
    for campaign in (due, stale):
        await take(desk, campaign, "submit", "approve")
    async with desk.db.transaction() as session:
        later = desk.now.later(minutes=35)
        await actions.schedule(session, due, at=later, who="idir", now=desk.now())
        await actions.schedule(session, stale, at=desk.now.later(minutes=1), who="idir", now=desk.now())
    await clock(desk)
    assert await state(desk, due) == "scheduled"
    desk.now.advance(minutes=35)
    await clock(desk)
    await clock(desk)
    assert (await state(desk, due), await state(desk, stale)) == ("running", "approved")
    assert await states(desk, due) == ["queued"]
    with pytest.raises(Invalid, match="past"):
        async with desk.db.transaction() as session:
            await actions.schedule(session, stale, at=desk.now(), who="idir", now=desk.now())


async def test_nobody_gets_more_than_the_weekly_cap(desk: World) -> None:
    await resident(desk)
    for _ in range(desk.settings.campaigns_per_week):
        await take(desk, await make(desk, NEWS), "submit", "approve", "launch")
    campaign = await make(desk, NEWS)
    preview = await look(desk, campaign)
    assert (preview.recipients, preview.excluded) == (0, {"weekly limit reached": 1})
    assert (await look(desk, await make(desk, {**NEWS, "urgent": True}))).recipients == 1
    desk.now.advance(days=8)
    assert (await look(desk, campaign)).recipients == 1


async def test_what_expires_is_not_sent_and_said_so(desk: World) -> None:
    await resident(desk)
    campaign = await make(desk, NEWS, expires_at=desk.now.later(hours=1).isoformat())
    await take(desk, campaign, "submit", "approve", "launch", "pause")
    desk.now.advance(hours=2)
    await desk.sweep()
    assert await states(desk, campaign) == ["expired"]
    async with desk.db.transaction() as session:
        assert (await report(session, campaign, prices=desk.kit.rules.prices)).reasons == {"expired": 1}


@pytest.mark.parametrize("purpose", ["invite", "remind"])
async def test_nobody_is_asked_for_what_staff_closed_before_its_time(wired_desk: World, purpose: str) -> None:
    await resident(wired_desk)
    campaign = await make(wired_desk, {**INVITATION, "purpose": purpose})
    other = await make(wired_desk, {**NEWS, "consultation": "plan"})
    for each in (campaign, other):
        await take(wired_desk, each, "submit", "approve", "launch")
    await wired_desk.close("plan")
    await clock(wired_desk)
    await wired_desk.deliver()
    await clock(wired_desk)
    assert (await states(wired_desk, campaign), await state(wired_desk, campaign)) == (["expired"], "finished")
    assert (await states(wired_desk, other), await state(wired_desk, other)) == (["delivered"], "finished")


async def test_a_stop_after_the_launch_cancels_it(wired_desk: World) -> None:
    person = await joined(wired_desk, "sms", "fr")
    assert isinstance(person, SmsPerson)
    await wired_desk.open({**main_consultation(), "code": "second"})
    campaign = await make(wired_desk, {**INVITATION, "consultation": "second"})
    await take(wired_desk, campaign, "submit", "approve", "launch")
    await person.say("STOP")
    await wired_desk.deliver()
    assert await states(wired_desk, campaign) == ["cancelled"]


async def test_costly_letters_are_named(desk: World) -> None:
    await resident(desk, language="fr")
    french = "L’eau revient « demain », grâce aux travaux. " * 2
    preview = await look(desk, await make(desk, {**NEWS, "texts": {**words("news"), "fr": french}}))
    assert preview.segments["fr"] == 2
    assert "an SMS in fr takes 2 segments because of ’ « » â; without these characters it takes 1" in preview.warnings
