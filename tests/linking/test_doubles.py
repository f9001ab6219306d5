"""Residents stored several times under different spellings of a number: reported, and merged by a command."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from api.outbox.models import Delivery
from api.residents import duplicates
from api.residents.models import Address, Merge, Resident
from api.routing import phones
from sawt import __main__ as command
from sawt.cli.people import duplicates as doubling
from sawt.doctor.checks import examine
from tests.api.office import rows
from tests.ballots import addresses_of, answers_of, ballots_of, resident_of
from tests.direct import DirectPerson
from tests.linking.acts import address_of, vote_to_the_end
from tests.linking.doubled import stored_as
from tests.linking.test_commands import wired_terminal
from tests.people import SmsPerson, joined
from tests.terminal import Terminal
from tests.world import KEYS, World

__all__ = ["wired_terminal"]  # a fixture
WRITINGS = ("212{}", "0{}", " 212{}", "whatsapp:+212{}", "rcs:+212{}")


@pytest.fixture
def run(own_world: World, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs `sawt resident …` on the machine with the database of the world; returns what was printed."""
    monkeypatch.setenv("SAWT_DATABASE_URL", own_world.settings.database_url)
    monkeypatch.setenv("SAWT_KEYS", KEYS)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(doubling, "now", own_world.now)

    async def ran(*words: str) -> tuple[int, str]:
        done = await asyncio.to_thread(CliRunner().invoke, command.cli, ["resident", *words])
        return done.exit_code, done.output + (str(done.exception) if done.exception else "")

    return ran


async def finding(world: World) -> tuple[bool | None, str]:
    """What `sawt doctor` says about phone numbers."""
    findings = [each async for each in examine(world.settings) if each.subject == "phone numbers"]
    return findings[0].ok, findings[0].words


async def as_before(world: World, number: str, writing: str, vote: int | None = None) -> DirectPerson:
    """Somebody who wrote from this number when it was stored in its provider's spelling."""
    person = DirectPerson(world, "sms", writing.format(number.removeprefix("+212")), world.service.dialogue)
    for text in ("bonjour", "2", "oui", "3", *([str(vote)] if vote else [])):
        await person.say(text)
    return person


async def test_six_residents_with_one_number_become_one_with_the_complete_ballot(
    own_world: World, run: Any, wired_terminal: Terminal
) -> None:
    phone = await joined(own_world, "sms", "fr")
    assert isinstance(phone, SmsPerson)
    await vote_to_the_end(phone, 1)
    number = phone.phone.number
    for place, writing in enumerate(WRITINGS):
        own_world.now.advance(seconds=1)
        await as_before(own_world, number, writing, vote=2 if place < 4 else 3)
    ok, words = await finding(own_world)
    assert (ok, "stored twice: 5" in words, "merge-doubles" in words) == (False, True, True)
    before = await rows(own_world)
    code, printed = await run("merge-doubles", "--as", "amina")
    assert code == 0, printed
    assert phones.masked(number) in printed
    assert number not in printed
    assert "Residents to merge into others: 5." in printed
    assert await rows(own_world) == before
    code, printed = await run("merge-doubles", "--as", "amina", "--yes")
    assert (code, "merged into others: 5." in printed) == (0, True), printed
    assert await answers_of(own_world, *address_of(phone)) == {1: ["1"], 2: ["yes"], 3: ["4"], 4: ["une route"]}
    assert await finding(own_world) == (True, "each has one form and one resident")
    assert "merged" not in (await run("merge-doubles", "--as", "amina", "--yes"))[1]
    acts = (await wired_terminal("resident", "acts")).output
    assert ("merge doubles" in acts, "amina" in acts) == (True, True)
    await own_world.open({**_other(), "code": "other"})
    assert (await own_world.invite("other")).queued["sms"] == 1


async def test_who_stopped_under_one_writing_has_stopped(own_world: World, run: Any) -> None:
    phone = await joined(own_world, "sms", "fr")
    assert isinstance(phone, SmsPerson)
    double = await as_before(own_world, phone.phone.number, "212{}")
    await double.say("STOP")
    assert (await run("merge-doubles", "--as", "amina", "--yes"))[0] == 0
    resident = await resident_of(own_world, *address_of(phone))
    assert resident is not None
    assert resident.state == "stopped"


async def test_a_number_with_no_double_is_only_rewritten(own_world: World, run: Any) -> None:
    person = await as_before(own_world, own_world.number(), "0{}", vote=2)
    number = phones.e164(person.address)
    assert (await finding(own_world))[0] is False
    code, printed = await run("merge-doubles", "--as", "amina", "--yes")
    assert (code, "merged into others: 0. Numbers rewritten: 1." in printed) == (0, True), printed
    assert await answers_of(own_world, "sms", number) == {1: ["2"]}
    async with own_world.db.transaction() as session:
        assert list(await session.scalars(select(Address.prefix))) == [number[:6]]


async def test_two_writings_that_are_both_strange_become_one_form(own_world: World, run: Any) -> None:
    number = own_world.number()
    for writing in ("0{}", "212{}"):
        await as_before(own_world, number, writing)
    assert "stored twice: 1" in (await finding(own_world))[1]
    assert (await run("merge-doubles", "--as", "amina", "--yes"))[0] == 0
    assert await addresses_of(own_world, "sms", number) == 1
    async with own_world.db.transaction() as session:
        states = await session.scalars(select(Resident.state).order_by(Resident.id))
        assert list(states) == ["active", "merged"]


async def test_what_waits_for_a_double_goes_to_the_number_once(own_world: World, run: Any) -> None:
    phone = await joined(own_world, "sms", "fr")
    assert isinstance(phone, SmsPerson)
    await as_before(own_world, phone.phone.number, "212{}")
    await own_world.open({**_other(), "code": "other"})
    assert (await own_world.invite("other")).queued["sms"] == 2
    assert (await run("merge-doubles", "--as", "amina", "--yes"))[0] == 0
    before = phone.count
    await own_world.deliver()
    assert phone.count == before + 1
    async with own_world.db.transaction() as session:
        campaign = Delivery.campaign_id.is_not(None)
        states = await session.scalars(select(Delivery.state).where(campaign).order_by(Delivery.state))
        assert list(states) in (["cancelled", "delivered"], ["cancelled", "sent"])


async def test_a_merge_of_doubles_can_be_undone_and_is_found_again(
    own_world: World, run: Any, wired_terminal: Terminal
) -> None:
    phone = await joined(own_world, "sms", "fr")
    assert isinstance(phone, SmsPerson)
    await as_before(own_world, phone.phone.number, "212{}")
    await run("merge-doubles", "--as", "amina", "--yes")
    async with own_world.db.transaction() as session:
        merge = await session.scalar(select(func.max(Merge.id)))
    await wired_terminal("resident", "unmerge", str(merge), "--yes")
    assert "stored twice: 1" in (await finding(own_world))[1]


async def test_an_erased_number_and_its_double_are_one_again(
    own_world: World, run: Any, wired_terminal: Terminal
) -> None:
    phone = await joined(own_world, "sms", "fr")
    assert isinstance(phone, SmsPerson)
    await vote_to_the_end(phone, 1)
    number = phone.phone.number
    erased = await resident_of(own_world, "sms", number)
    assert erased is not None
    await wired_terminal("resident", "erase", str(erased.id), "--yes")
    own_world.now.advance(seconds=1)
    await as_before(own_world, number, "212{}", vote=2)
    assert (await run("merge-doubles", "--as", "amina", "--yes"))[0] == 0
    assert len(await ballots_of(own_world, "sms", number)) == 1


async def test_what_is_no_phone_is_told_and_left_alone(own_world: World, run: Any) -> None:
    await DirectPerson(own_world, "sms", "INWI", own_world.service.dialogue).say("bonjour")
    assert await finding(own_world) == (None, "addresses that are not phone numbers and get no reply: 1")
    code, printed = await run("merge-doubles", "--as", "amina", "--yes")
    assert (code, "Not phone numbers: 1." in printed, "merged" in printed) == (0, True, False)


async def test_all_are_looked_at_a_few_at_a_time(own_world: World, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, "_BATCH", 2)
    numbers = [own_world.number() for _ in range(5)]
    for number in numbers:
        await as_before(own_world, number, "212{}")
    for number in numbers[:3]:
        await as_before(own_world, number, "0{}")
    code, printed = await run("merge-doubles", "--as", "amina", "--yes")
    assert (code, "Residents to merge into others: 3. Other numbers to rewrite: 2." in printed) == (0, True), printed
    assert "merged into others: 3." in printed
    assert [await addresses_of(own_world, "sms", number) for number in numbers] == [1] * 5


@pytest.mark.parametrize("who", ["0{}", "+212{}", "212{}", "+212 {}"])
async def test_a_person_is_shown_by_any_writing(own_world: World, wired_terminal: Terminal, who: str) -> None:
    phone = await joined(own_world, "sms", "fr")
    assert isinstance(phone, SmsPerson)
    printed = await wired_terminal("resident", "show", who.format(phone.phone.number.removeprefix("+212")))
    assert phones.masked(phone.phone.number) in printed.output


async def test_two_numbers_in_one_field_are_refused(own_world: World, wired_terminal: Terminal) -> None:
    await stored_as(own_world, (await _known(own_world)), "0600000001")
    sentence = await wired_terminal.refused("resident", "erase", "0600000001; 0600000002", "--yes")
    assert "only one number" in sentence


async def _known(world: World) -> str:
    phone = await joined(world, "sms", "fr")
    assert isinstance(phone, SmsPerson)
    return phone.phone.number


def _other() -> dict[str, Any]:
    return {"title": {"ar": "ا", "fr": "a", "zgh": "ⴰ"}, "questions": [{"kind": "yes_no", "text": _words()}]}


def _words() -> dict[str, str]:
    return {"ar": "نعم", "fr": "oui", "zgh": "ⵢⴰⵀ"}
