"""Updates reach followers at most weekly and none is lost; ground checks reach followers in one commune only."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import func, select

from api.campaigns import actions, service
from api.campaigns.audience import unfollow
from api.campaigns.audience.selection import CAPPED
from api.campaigns.models import Campaign
from api.campaigns.reporting.report import report
from api.commitments import ground_checks, status
from api.commitments import service as commitments
from api.consultations import service as consultations
from api.consultations.models import Consultation, Participation, ParticipationState
from api.errors import Invalid, NotFound
from api.i18n import LANGUAGES
from api.outbox.models import Body, Delivery
from api.proposals.service import origins
from api.residents import follows
from sawt.compose import catalogs
from tests.campaigns.crowd import resident
from tests.campaigns.office import clock, look, recipients, states, take
from tests.commitments.office import COMMUNE, STEPS, ask, follower, update
from tests.commitments.plans import CODE, put
from tests.consultations import words
from tests.locks import until_waiting
from tests.world import World


async def due(world: World, campaign: int, number: int) -> datetime:
    async with world.db.transaction() as session:
        statement = select(Delivery.due_at).where(Delivery.campaign_id == campaign, Delivery.resident_id == number)
        return (await session.scalars(statement)).one()


async def parts(world: World, campaign: int) -> list[str]:
    async with world.db.transaction() as session:
        return [each["texts"]["fr"] for each in (await service.get(session, campaign)).parts or ()]


async def text_for(world: World, campaign: int, number: int) -> str:
    """Return the text that someone received or will receive, without its frame."""
    async with world.db.transaction() as session:
        own = (Delivery.campaign_id == campaign, Delivery.resident_id == number)
        text = (await session.scalars(select(Body.text).join(Delivery, Delivery.body_id == Body.id).where(*own))).one()
    voice = next(each for each in map(catalogs().voice, LANGUAGES) if text.startswith(each("news.from")))
    assert text.endswith(f"\n{voice('news.stop')}")
    return text.removeprefix(f"{voice('news.from')} ").removesuffix(f"\n{voice('news.stop')}")


async def launched(world: World, number: int, text: str) -> int:
    """Write and launch an update on one commitment; return its campaign."""
    campaign = await update(world, number, text)
    await take(world, campaign, *STEPS)
    return campaign


async def test_updates_reach_followers_of_the_commitment_its_theme_and_its_provinces(desk: World) -> None:
    by_number = await follower(desk, f"commitment:{CODE}/3")
    by_theme = await follower(desk, "theme:rights", channels=("telegram",))
    by_province = await follower(desk, "province:01.511")
    await follower(desk, f"commitment:{CODE}/4")
    await follower(desk, "theme:culture")
    await follower(desk)
    campaign = await update(desk, 3, "done at last")
    await take(desk, campaign, *STEPS)
    assert await recipients(desk, campaign) == {by_number, by_theme, by_province}
    only_there = await update(desk, 2, "begun")
    tetouan = await follower(desk, "province:01.571")
    await take(desk, only_there, *STEPS)
    assert await recipients(desk, only_there) == {tetouan}


async def test_updates_that_wait_as_a_draft_become_one_text(desk: World) -> None:
    await follower(desk, f"commitment:{CODE}/3")
    first = await update(desk, 3, "one")
    assert await update(desk, 3, "two") == first
    assert await parts(desk, first) == ["texte label 3: texte one texte two"]
    assert await update(desk, 4, "other") == first
    await take(desk, first, "submit")
    later = await update(desk, 3, "three")
    assert later != first
    assert await parts(desk, first) == ["texte label 3: texte one texte two", "texte label 4: texte other"]
    assert await parts(desk, later) == ["texte label 3: texte three"]


async def test_a_name_with_a_colon_comes_once_before_joined_updates(desk: World) -> None:
    body = {"number": 7, "title": words("title"), "label": words("eau : accès: 1")}
    async with desk.db.transaction() as session:
        await put(desk, session, body, code=CODE)
    for text in ("one", "two: 2", "three"):
        campaign = await update(desk, 7, text)
    assert await parts(desk, campaign) == ["texte eau : accès: 1: texte one texte two: 2 texte three"]


async def test_each_follower_gets_one_message_with_all_they_follow_and_nothing_else(wired_desk: World) -> None:
    three, five = f"commitment:{CODE}/3", f"commitment:{CODE}/5"
    both, one = await follower(wired_desk, three, five), await follower(wired_desk, five, channels=("telegram",))
    theme = await follower(wired_desk, "theme:rights")  # of 1 and 3
    nobody = await follower(wired_desk, f"commitment:{CODE}/2")
    for number in (3, 5, 1):
        campaign = await update(wired_desk, number, f"news {number}")
    estimate = await look(wired_desk, campaign)
    assert (estimate.recipients, estimate.by_channel) == (3, {"sms": 2, "telegram": 1})
    assert estimate.total_segments == 2 * estimate.segments["fr"] == 2
    await take(wired_desk, campaign, *STEPS)
    assert await recipients(wired_desk, campaign) == {both, one, theme} - {nobody}
    assert await text_for(wired_desk, campaign, both) == "texte label 3: texte news 3\ntexte label 5: texte news 5"
    assert await text_for(wired_desk, campaign, one) == "texte label 5: texte news 5"
    assert await text_for(wired_desk, campaign, theme) == "texte label 3: texte news 3\ntexte label 1: texte news 1"
    await wired_desk.deliver()
    async with wired_desk.db.transaction() as session:
        rows = select(func.count()).where(Delivery.campaign_id == campaign).group_by(Delivery.resident_id)
        assert list(await session.scalars(rows)) == [1, 1, 1]


async def test_unfollowing_removes_only_that_part_of_a_joined_message(desk: World) -> None:
    refs = [f"commitment:{CODE}/{each}" for each in (3, 4, 5)]
    number = await follower(desk, *refs)
    await launched(desk, 3, "first")
    for each in (4, 5):
        campaign = await update(desk, each, f"news {each}")
    await take(desk, campaign, *STEPS)  # waits a week for them
    for ref, left in ((refs[1], "texte label 5: texte news 5"), (refs[2], None)):
        async with desk.db.transaction() as session:
            await follows.unfollow(session, resident_id=number, kind="commitment", ref=ref.partition(":")[2])
            await unfollow.remove_topics(session, resident_id=number, now=desk.now())
        if left is not None:
            assert await text_for(desk, campaign, number) == left
            async with desk.db.transaction() as session:
                assert (await report(session, campaign, prices=desk.kit.rules.prices)).states["queued"] == 1
    async with desk.db.transaction() as session:
        rows = select(Delivery.state).where(Delivery.campaign_id == campaign)
        assert list(await session.scalars(rows)) == ["cancelled"]


async def test_updates_that_would_be_too_long_together_are_sent_separately(desk: World) -> None:
    assert await update(desk, 3, "a" * 200) == await update(desk, 3, "b" * 200)
    await update(desk, 3, "c" * 230)
    async with desk.db.transaction() as session:
        assert len(list(await session.scalars(select(Campaign.id)))) == 2


async def test_nobody_gets_two_updates_in_a_week_and_nobody_misses_any(wired_desk: World) -> None:
    both = await follower(wired_desk, f"commitment:{CODE}/3", f"commitment:{CODE}/4", f"commitment:{CODE}/5")
    one = await follower(wired_desk, f"commitment:{CODE}/4")
    campaigns, began = [], wired_desk.now()
    for number in (3, 4, 5):
        campaigns.append(await update(wired_desk, number, "news"))
        await take(wired_desk, campaigns[-1], *STEPS)
    moments = [await due(wired_desk, each, both) for each in campaigns]
    assert moments[0] - began < timedelta(minutes=5)
    assert all(timedelta(days=7) <= after - before < timedelta(days=8) for before, after in pairwise(moments))
    assert await due(wired_desk, campaigns[1], one) - began < timedelta(minutes=5)
    heard = []
    for _ in range(4):
        await wired_desk.deliver()
        async with wired_desk.db.transaction() as session:
            sent = await session.scalars(
                select(Delivery.campaign_id).where(Delivery.resident_id == both, Delivery.state == "delivered")
            )
            heard.append(len(list(sent)))
        wired_desk.now.advance(days=7, minutes=5)
        await clock(wired_desk)
    assert heard == [1, 2, 3, 3]


async def test_an_update_waits_for_one_that_is_paused(wired_desk: World) -> None:
    number = await follower(wired_desk, f"commitment:{CODE}/3", f"commitment:{CODE}/4")
    paused = await launched(wired_desk, 3, "news")
    await take(wired_desk, paused, "pause")
    wired_desk.now.advance(days=8)
    later = await launched(wired_desk, 4, "other")
    await take(wired_desk, paused, "resume")
    await wired_desk.deliver()
    assert (await states(wired_desk, paused), await states(wired_desk, later)) == (["delivered"], ["queued"])
    assert await due(wired_desk, later, number) - wired_desk.now() > timedelta(days=6)


async def test_two_updates_launched_at_once_take_turns(desk: World) -> None:
    number = await follower(desk, f"commitment:{CODE}/3", f"commitment:{CODE}/4")
    campaigns = []
    for each in (3, 4):
        campaigns.append(await update(desk, each, "news"))
        await take(desk, campaigns[-1], "submit", "approve")
    begun = asyncio.Event()

    async def first() -> None:
        async with desk.db.transaction() as session:
            await actions.launch(session, campaigns[0], kit=desk.kit, who="idir", now=desk.now())
            begun.set()
            with suppress(TimeoutError):
                await until_waiting(desk, 1)

    async def second() -> None:
        await begun.wait()
        await take(desk, campaigns[1], "launch")

    await asyncio.gather(first(), second())
    one, two = [await due(desk, each, number) for each in campaigns]
    assert two - one >= timedelta(days=7)


async def test_staff_are_warned_that_an_update_will_wait(desk: World) -> None:
    await follower(desk, f"commitment:{CODE}/3", f"commitment:{CODE}/4")
    await follower(desk, f"commitment:{CODE}/4")
    await launched(desk, 3, "news")
    estimate = await look(desk, await update(desk, 4, "other"))
    assert (estimate.recipients, estimate.blockers) == (2, [])
    assert [words for words in estimate.warnings if words.startswith("1 recipients wait up to")]


async def test_unfollowing_cancels_only_updates_followed_in_no_other_way(desk: World) -> None:
    topics = (f"commitment:{CODE}/3", f"commitment:{CODE}/4", "theme:rights")
    number, other = await follower(desk, *topics), await follower(desk, *topics)
    campaigns = [await launched(desk, each, "news") for each in (3, 4)]
    for ref, cancelled in (("3", []), ("4", [campaigns[1]])):
        async with desk.db.transaction() as session:
            await follows.unfollow(session, resident_id=number, kind="commitment", ref=f"{CODE}/{ref}")
            await unfollow.remove_topics(session, resident_id=number, now=desk.now())
            rows = select(Delivery.campaign_id).where(Delivery.resident_id == number, Delivery.state == "cancelled")
            assert list(await session.scalars(rows)) == cancelled  # 3 is still followed by its theme
            rows = select(Delivery.state).where(Delivery.resident_id == other)
            assert list(await session.scalars(rows)) == ["queued", "queued"]


async def test_an_update_does_not_wait_for_a_cancelled_one_nor_if_urgent(desk: World) -> None:
    number = await follower(desk, f"commitment:{CODE}/3", f"commitment:{CODE}/4")
    lost = await update(desk, 3, "lost")
    await take(desk, lost, *STEPS, "cancel")
    began = desk.now()
    campaign = await update(desk, 4, "news")
    await take(desk, campaign, *STEPS)
    assert await due(desk, campaign, number) - began < timedelta(minutes=5)
    urgent = await update(desk, 3, "urgent")
    async with desk.db.transaction() as session:
        (await service.get(session, urgent)).urgent = True
    await take(desk, urgent, *STEPS)
    assert await due(desk, urgent, number) - began < timedelta(minutes=5)


async def test_staff_are_told_of_updates_that_would_wait_for_more_than_four_weeks(desk: World) -> None:
    number = await follower(desk, *(f"commitment:{CODE}/{each}" for each in (1, 2, 3, 4, 5)))
    for each in (1, 2, 3, 4, 5):
        campaign = await update(desk, each, "news")
        await take(desk, campaign, *STEPS)
        async with desk.db.transaction() as session:  # as if launched weeks ago, outside the weekly limit
            for delivery in await session.scalars(select(Delivery).where(Delivery.campaign_id == campaign)):
                delivery.created_at -= timedelta(days=60)
    assert await due(desk, campaign, number) >= desk.now() + timedelta(days=27)
    campaign = await update(desk, 1, "again")
    assert (await look(desk, campaign)).excluded == {CAPPED: 1}


async def test_a_ground_check_reaches_only_followers_in_the_commune(desk: World) -> None:
    there = await follower(desk, f"commitment:{CODE}/3", commune=COMMUNE)
    await follower(desk, f"commitment:{CODE}/3", commune="01.571.01.03")
    await follower(desk, f"commitment:{CODE}/4", commune=COMMUNE)
    stranger = await resident(desk, commune=COMMUNE)
    code, campaign = await ask(desk)
    await take(desk, campaign, *STEPS)
    assert await recipients(desk, campaign) == {there}
    async with desk.db.transaction() as session:
        rows = await session.execute(select(Participation.resident_id, Participation.state))
        assert [tuple(row) for row in rows] == [(there, ParticipationState.ASKED)]
        offers = [await consultations.on_offer(session, resident_id=each, now=desk.now()) for each in (there, stranger)]
    assert [[each.code for each in offered] for offered in offers] == [["plan", code], ["plan"]]


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"commune": "01.571.99.99"}, ValidationError),
        ({"closes_at": "2020-01-01T10:00:00Z"}, Invalid),
        ({"milestone": 9}, NotFound),
    ],
)
async def test_a_wrong_ground_check_is_refused(desk: World, changed: dict[str, Any], wrong: type[Exception]) -> None:
    with pytest.raises(wrong):
        await ask(desk, **changed)
    async with desk.db.transaction() as session:
        assert [each for each in await session.scalars(select(Consultation.code)) if each.startswith("ground")] == []


async def test_a_second_ground_check_on_a_milestone_has_a_code_of_its_own(desk: World) -> None:
    first, _ = await ask(desk)
    second, _ = await ask(desk)
    assert first != second
    async with desk.db.transaction() as session:
        record = await commitments.commitment(session, CODE, 3)
        assert [each.code for each in await ground_checks.results(session, record.milestones)] == [first, second]
        out = await status.read(session, CODE, 3, today=commitments.today(desk.now()), trace=origins)
    assert [len(step.ground) for step in out.milestones] == [0, 2, 0]
