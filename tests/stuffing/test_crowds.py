"""Crowds are seen: bursts of newcomers by range, channel and hour, and odd ballots of agents; nobody is dropped."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from api.agents import anomalies
from api.agents.anomalies import TypedBallot, signs
from api.consultations.models import Ballot
from api.residents import arrivals
from api.residents.models import Newcomer, Resident
from tests.api.office import as_staff
from tests.direct import DirectPerson
from tests.seated import answered, heard, seated
from tests.stuffing.test_taking_back import new_agent, typed_for
from tests.world import KEYRING, World, quiet

HEADERS = as_staff()
START = datetime(2026, 11, 28, 12, tzinfo=UTC)


async def get(world: World, path: str) -> Any:
    answer = await world.http.get(f"/v1/{path}", headers=HEADERS)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def joins(world: World, number: str) -> DirectPerson:
    """Somebody joins by SMS, up to their consent."""
    person = DirectPerson.new(world, "sms")
    person.address = number
    for text in ("hello", "2", "1"):
        await person.say(text)
    return person


async def arrived(world: World, digits: str, day: date, joined: int) -> None:
    """So many joined from a range on a day."""
    async with world.db.transaction() as session:
        row = {"blind": KEYRING.blind_index("range", digits), "sealed": KEYRING.encipher(digits, purpose="range")}
        await session.execute(insert(Newcomer).values(**row, day=day, joined=joined, refused=0))


@pytest.mark.parametrize(
    ("address", "found"),
    [("+212600001234", "+21260000"), ("+33612345678", "+3361234"), ("2000001", None), ("12345", None)],
)
def test_a_range_is_ten_thousand_numbers(address: str, found: str | None) -> None:
    assert arrivals.range_of(address) == found


@pytest.mark.parametrize(
    ("count", "usual", "found"), [(9, 0, False), (10, 0, True), (10, 2, True), (14, 3, False), (15, 3, True)]
)
def test_a_burst_is_five_times_the_usual_and_no_few(count: int, usual: float, found: bool) -> None:
    assert arrivals.is_burst(count, usual) is found


async def test_a_burst_from_one_range_is_shown_and_everybody_joins(quiet_world: World) -> None:
    today = quiet_world.now().date()
    for number in range(10):
        await joins(quiet_world, f"+2126000077{number:02}")
    await arrived(quiet_world, "+21260009", today, 40)
    await arrived(quiet_world, "+21260009", today - timedelta(days=3), 1000)  # it is always so there
    found = (await get(quiet_world, "overview"))["bursts"]
    assert {"of": "+21260000", "count": 10, "usual": 0.0, "refused": 0} in found
    assert [each for each in found if each["of"] == "+21260009"] == []
    async with quiet_world.db.transaction() as session:
        assert set(await session.scalars(select(Resident.state))) == {"active"}
    assert (await get(quiet_world, "residents/ranges"))["items"] == [
        {"range": "+21260009", "today": 40, "refused": 0, "before": 1000},
        {"range": "+21260000", "today": 10, "refused": 0, "before": 0},
    ]


async def test_few_of_a_range_are_not_counted_out(quiet_world: World) -> None:
    await joins(quiet_world, "+212600007701")
    (found,) = (await get(quiet_world, "residents/ranges"))["items"]
    assert (found["today"], found["before"]) == (None, 0)
    async with quiet_world.db.transaction() as session:
        (row,) = await session.scalars(select(Newcomer))
        assert b"2126" not in row.blind + row.sealed  # to whom has the table alone it says nothing


async def test_a_burst_on_a_channel_in_an_hour_is_shown(quiet_world: World) -> None:
    for _ in range(10):
        await seated(quiet_world, "telegram")
    assert {"of": "telegram", "count": 10, "usual": 0.0, "refused": 0} in (await get(quiet_world, "overview"))["bursts"]
    async with quiet_world.db.transaction() as session:
        await session.execute(update(Resident).values(joined_at=quiet_world.now() - timedelta(hours=2)))
    assert (await get(quiet_world, "overview"))["bursts"] == []


async def test_a_range_has_a_pace_where_one_is_set(database_url: str) -> None:
    async with quiet(database_url, range_per_day=2) as world:
        for number in range(2):
            await joins(world, f"+2126000077{number:02}")
        late = await joins(world, "+212600007702")
        assert late.words("error.crowd", "fr") in heard(late)
        elsewhere = await joins(world, "+212600017703")
        assert elsewhere.words("error.crowd", "fr") not in heard(elsewhere)
        (found,) = (await get(world, "overview"))["bursts"]
        assert (found["of"], found["count"], found["refused"]) == ("+21260000", 2, 1)
        world.now.advance(days=1)
        await late.say("1")
        assert late.words("error.crowd", "fr") not in heard(late)
        async with world.db.transaction() as session:
            assert set(await session.scalars(select(Resident.state))) == {"active"}


def seen(count: int, *, apart: float, alike: int, start: datetime = START) -> list[TypedBallot]:
    """So many ballots, minutes apart, of which so many hold the same."""
    return [
        TypedBallot(start + timedelta(minutes=apart * place), frozenset({(1, 0, "x" if place < alike else str(place))}))
        for place in range(count)
    ]


@pytest.mark.parametrize(
    ("ballots", "found"),
    [
        (seen(9, apart=0.1, alike=9), []), (seen(12, apart=10, alike=3), []), (seen(10, apart=10, alike=9), ["alike"]),
        (seen(30, apart=2, alike=1), ["pace"]), (seen(30, apart=2.1, alike=1), []),
        (seen(10, apart=1, alike=1, start=START + timedelta(hours=11)), ["night"]),
        (seen(40, apart=0.3, alike=40, start=START + timedelta(hours=12)), ["pace", "alike", "night"]),
    ],
)  # fmt: skip
def test_what_is_odd_about_an_agents_ballots(ballots: list[TypedBallot], found: list[str]) -> None:
    assert signs(ballots) == found


async def test_an_odd_agent_is_shown_without_what_was_chosen(quiet_world: World) -> None:
    _, code = await new_agent(quiet_world)
    agent = await seated(quiet_world, "sms")
    await answered(agent)
    await typed_for(agent, code, 12)
    (found,) = (await get(quiet_world, "overview"))["agents"]
    assert found["number"] == 1
    assert (found["consultation"], found["ballots"]) == ("plan", 10)
    assert "alike" in found["signs"]
    other = await seated(quiet_world, "telegram")
    await other.say(f"AGENT {code}")
    assert [each["signs"] for each in (await get(quiet_world, "overview"))["agents"]][1:] == [["phones"]]
    await quiet_world.close("plan")
    async with quiet_world.db.transaction() as session:
        assert await anomalies.odd_agents(session) == []
        assert set(await session.scalars(select(Ballot.agent))) == {None}
