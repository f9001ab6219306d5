"""The overview shows everything that waits for staff, and nothing that progresses by itself, in `sawt` and /v1."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import select, update

from api.campaigns import actions
from api.commitments.models import Plan
from api.desk import service as desk
from api.meetings import service as meetings
from api.meetings.schemas import MeetingIn
from api.outbox.flow import lanes
from api.residents.models import Address, Resident
from tests.api.office import call
from tests.campaigns.crowd import resident
from tests.campaigns.office import NEWS, launched, make, take
from tests.commitments.plans import CODE, LATE_BY, add_plan
from tests.commitments.test_lateness import note_late
from tests.meetings.planned import meeting, planned, register
from tests.proposals.office import get, idea, post, published
from tests.proposals.test_rounds import create_round, opened
from tests.terminal import Terminal
from tests.world import KEYRING, KEYS, World

EMPTY = {
    "kept": 0, "agents": [], "bursts": [],
    "campaigns": [], "ideas": {"count": 0, "flagged": 0, "oldest": None}, "proposals": [], "letters": [], "late": [],
    "meetings": [], "roads": [], "clocks": [], "held": [], "altered": [], "failing": [], "stuck": [], "overdue": [],
    "budget": None, "record": None, "resets": [],
}  # fmt: skip


async def sawt(world: World, monkeypatch: pytest.MonkeyPatch, *words: str, who: str = "amina") -> str:
    """The output of `sawt …` in this world, on a wide terminal of the machine with the database and the keys."""
    monkeypatch.setenv("COLUMNS", "200")
    for name, value in {"SAWT_DATABASE_URL": world.settings.database_url, "SAWT_KEYS": KEYS}.items():
        monkeypatch.setenv(name, value)
    return (await Terminal(world, monkeypatch)(*words, who=who)).output


async def test_where_nothing_waits_it_says_so(quiet_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await get(quiet_world, "overview") == EMPTY
    assert await sawt(quiet_world, monkeypatch, "today") == "Nothing waits for you.\n"
    assert json.loads(await sawt(quiet_world, monkeypatch, "today", "--json")) == EMPTY


async def test_a_road_that_rests_is_said_with_its_reason(own_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    until = own_world.now.later(minutes=5)
    async with own_world.db.transaction() as session:
        await lanes.enter(session, "twilio", per_second=10.0, now=own_world.now())
        await lanes.rest(session, "twilio", until=until, reason="misconfigured: 30002, the account is suspended")
    (road,) = (await get(own_world, "overview"))["roads"]
    assert (road["road"], road["reason"]) == ("twilio", "misconfigured: 30002, the account is suspended")
    shown = await sawt(own_world, monkeypatch, "today")
    assert "twilio rests: misconfigured: 30002, the account is suspended" in shown
    assert "lanes list" in shown
    own_world.now.advance(minutes=6)
    assert (await get(own_world, "overview"))["roads"] == []


async def test_what_people_wrote_waits_until_it_is_read_answered_or_decided(
    quiet_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = await resident(quiet_world)
    one, two = await published(quiet_world, "well", "bus", author=author)
    other, third = await resident(quiet_world), await resident(quiet_world)
    for each, text in ((other, "appelez-moi au 0600000012"), (third, "des arbres sur la place")):
        await idea(quiet_world, each, text)
    await letter(quiet_world, author)
    await create_round(quiet_world, "vote", [one, two], kind="approve")
    await opened(quiet_world, "vote")
    assert (await get(quiet_world, "overview"))["proposals"] == []  # the vote is still open
    await quiet_world.close("vote")
    await post(quiet_world, "proposals/bus/choose")

    overview = await get(quiet_world, "overview")
    assert (overview["ideas"]["count"], overview["ideas"]["flagged"]) == (2, 1)
    assert [(each["code"], each["wants"]) for each in overview["proposals"]] == [("well", "choice"), ("bus", "answer")]
    assert [(each["province"], each["open"]) for each in overview["letters"]] == [("01.571", 1)]
    shown = await sawt(quiet_world, monkeypatch, "today")
    number = (await get(quiet_world, "desk"))["items"][0]["number"]
    await post(quiet_world, f"desk/{number}/close")
    assert (await get(quiet_world, "overview"))["letters"] == []
    for words in ("2 unread, 1 flagged", "proposal choose well", "proposal answer bus", "1 open", "desk list"):
        assert words in shown


async def test_campaigns_wait_until_they_go_on_by_themselves(
    quiet_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_plan(quiet_world, "plan-old")
    async with quiet_world.db.transaction() as session:  # late milestones of an older plan wait for nobody
        await session.execute(update(Plan).values(ends_on=date(2026, 1, 31)))
    assert len((await get(quiet_world, "overview"))["late"]) == 2  # it has ended, but residents still follow it
    await add_plan(quiet_world, told=False)
    await note_late(quiet_world)  # the clock drafts an update about the late milestone
    await resident(quiet_world)
    await launched(quiet_world, {**NEWS, "urgent": True})
    ours = await make(quiet_world, {**NEWS, "name": "Ours"})
    await take(quiet_world, ours, "submit")

    overview = await get(quiet_world, "overview")
    waiting = [(each["name"], each["state"], each["author"]) for each in overview["campaigns"]]
    assert waiting == [("Updates on commitments", "draft", "clock"), ("Ours", "submitted", "amina")]
    late = [(each["plan"], each["commitment"], each["milestone"], each["days_late"]) for each in overview["late"]]
    assert late == [(CODE, 3, 2, LATE_BY), (CODE, 5, 1, LATE_BY)]
    number = overview["campaigns"][0]["number"]
    shown = await sawt(quiet_world, monkeypatch, "today")
    for words in (f"{number}: Updates on commitments, draft, by clock", f"campaign preview {number}", "12 days late"):
        assert words in shown
    await take(quiet_world, ours, "approve", "launch", "pause")
    await take(quiet_world, number, "cancel")
    assert [each["state"] for each in (await get(quiet_world, "overview"))["campaigns"]] == ["paused"]
    await take(quiet_world, ours, "resume")
    assert (await get(quiet_world, "overview"))["campaigns"] == []


async def test_meetings_are_near_or_want_their_minutes(quiet_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    near = await planned(quiet_world, "near", days=1, seats=1)
    await planned(quiet_world, "far", days=3)
    for _ in range(2):
        await register(quiet_world, near, await resident(quiet_world))
    async with quiet_world.db.transaction() as session:
        for code, state in (("over", meetings.PLANNED), ("off", meetings.CANCELLED), ("kept", meetings.HELD)):
            await meetings.save(session, MeetingIn.model_validate(meeting(quiet_world, code, days=-2)), state=state)

    meetings_ = (await get(quiet_world, "overview"))["meetings"]
    seen = [(each["code"], each["over"], each["taken"], each["waiting"]) for each in meetings_]
    assert seen == [("over", True, 0, 0), ("near", False, 1, 1)]
    shown = await sawt(quiet_world, monkeypatch, "today")
    for words in ("meeting minutes over", "1/1 seats, 1 wait", "meeting who near"):
        assert words in shown


async def letter(world: World, writer: int) -> None:
    """Write a letter to the desk of their province."""
    async with world.db.transaction() as session:
        address = await session.scalar(select(Address.id).where(Address.resident_id == writer))
        assert address is not None
        author = await session.get_one(Resident, writer)
        await desk.write(session, author, "le bus ?", address_id=address, keyring=KEYRING, now=world.now())


async def test_a_campaign_waits_since_its_last_step_whatever_was_done_beside(quiet_world: World) -> None:
    await resident(quiet_world)
    one, two = await make(quiet_world, NEWS), await make(quiet_world, NEWS)
    quiet_world.now.advance(hours=1)
    async with quiet_world.db.transaction() as session:
        await actions.budget(session, one, amount=1.0, kit=quiet_world.kit, who="idir", now=quiet_world.now())
    body = {"to": quiet_world.number()}
    assert (await call(quiet_world, "POST", f"/v1/campaigns/{one}/test", json=body)).status_code == 202
    overview = await get(quiet_world, "overview")
    assert [each["number"] for each in overview["campaigns"]] == [one, two]


async def test_a_reset_of_a_colleague_is_shown_to_others_who_manage_staff(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    await terminal("staff", "invite", "idir", "--role", "editor")
    await terminal("staff", "reset", "idir", who="brahim")
    assert "brahim reset the password of idir" in (await terminal("today")).stdout
