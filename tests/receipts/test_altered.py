"""What somebody changed after closing raises an alarm and is not served: no list, no counts, no choice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from api.background.schedule import timed_jobs
from api.consultations import service as consultations
from api.consultations.models import Answer, Ballot, Publication
from api.consultations.receipts import verification
from api.errors import Altered
from api.public import lists
from api.public.lists import Lists
from api.settings import Settings
from sawt.doctor.list_checks import check_lists
from tests.api.office import CONSULTATIONS, call
from tests.ballots import stuff
from tests.world import World

SERVED = ("/consultations/plan/receipts", "/consultations/plan/receipts.txt")


@pytest.fixture
async def closed(quiet_world: World) -> World:
    """A closed consultation with three ballots that nobody has read yet."""
    await stuff(quiet_world, [("01.571", "sms", False, (0, 1))] * 3)
    await quiet_world.close("plan")
    return quiet_world


CHANGES: dict[str, Callable[[], Any]] = {
    "an answer": lambda: update(Answer).where(Answer.value == "no").values(value="yes"),
    "a deleted answer": lambda: delete(Answer).where(Answer.value == "no"),
    "a receipt": lambda: update(Ballot).where(Ballot.id == 1000).values(receipt="ABCD2345"),
    "the hash": lambda: update(Publication).values(digest="0" * 64),
}


async def change(world: World, altered: str = "an answer") -> None:
    async with world.db.transaction() as session:
        numbers = (await session.scalars(select(Ballot.id).order_by(Ballot.id))).all()
        await session.execute(CHANGES[altered]())
        assert numbers


@pytest.mark.parametrize("altered", CHANGES)
async def test_nothing_that_was_changed_is_served(closed: World, altered: str) -> None:
    await change(closed, altered)
    for path in SERVED:
        answer = await closed.http.get(path)
        assert answer.status_code == 503
        assert "yes" not in answer.text
    answer = await call(closed, "GET", f"{CONSULTATIONS}/plan/results")
    assert answer.status_code == 503
    assert "answers" not in answer.text


async def test_it_is_an_alarm_until_it_fits_again(closed: World, capsys: pytest.CaptureFixture[str]) -> None:
    await change(closed)
    await closed.http.get(SERVED[1])
    overview = (await call(closed, "GET", "/v1/overview")).json()
    [alarm] = overview["altered"]
    assert (alarm["code"], set(alarm)) == ("plan", {"code", "title", "since"})
    logged = capsys.readouterr()
    assert "list.altered" in logged.out + logged.err
    async with closed.db.transaction() as session:
        receipt = (await session.scalars(select(Ballot.receipt))).first()
    page = (await closed.http.get("/receipts", params={"lang": "fr", "receipt": receipt})).text
    assert "oui" not in page
    assert "option" not in page
    async with closed.db.transaction() as session:
        await session.execute(update(Answer).where(Answer.value == "yes").values(value="no"))
    closed.now.advance(days=1)
    await check(closed)
    assert (await call(closed, "GET", "/v1/overview")).json()["altered"] == []
    assert (await closed.http.get(SERVED[1])).status_code == 200


async def check(world: World) -> None:
    """Run the job that checks lists, as the scheduler does."""
    [job] = [each for each in timed_jobs(world.kit, world.service.means) if each.name == "lists"]
    async with world.db.transaction() as session:
        await job.work(session, world.now())


async def test_the_clock_finds_it_within_a_day_though_nobody_asks(closed: World) -> None:
    await change(closed)
    await check(closed)
    async with closed.db.transaction() as session:
        assert await verification.altered(session) == []  # hashed less than a day ago
        [due] = await session.scalars(verification.due())
    assert closed.now() - due < timedelta(minutes=1)
    closed.now.advance(days=1)
    await check(closed)
    async with closed.db.transaction() as session:
        assert [each.code for each, _ in await verification.altered(session)] == ["plan"]
        [due] = await session.scalars(verification.due())
    assert closed.now() - due < timedelta(minutes=1)


async def test_a_list_is_trusted_for_half_a_minute_only(closed: World) -> None:
    seconds = 0.0
    cache = Lists(clock=lambda: seconds)

    async def text() -> str:
        async with closed.db.transaction() as session:
            return (await cache.get(session, await consultations.get(session, "plan"))).text

    before = await text()
    await change(closed)
    seconds = lists.TRUSTED - 1
    assert await text() == before  # what was hashed, not the current rows
    seconds = lists.TRUSTED
    with pytest.raises(Altered):
        await text()


async def test_the_doctor_hashes_every_list(closed: World) -> None:
    settings = Settings(_env_file=None, database_url=closed.settings.database_url)
    [finding] = await check_lists(settings)
    assert (finding.ok, finding.words) == (True, "1 checked, and all match their hashes")
    await change(closed)
    [finding] = await check_lists(settings)
    assert finding.ok is False
    assert "plan" in finding.words


async def test_a_hash_that_was_taken_away_is_no_excuse(closed: World) -> None:
    async with closed.db.transaction() as session:
        await session.execute(delete(Publication))
    answer = await call(closed, "GET", f"{CONSULTATIONS}/plan/results")
    assert answer.status_code == 503
