"""A code links only once the device that showed it says yes; erasing one's data gives nobody more tries."""

from __future__ import annotations

import pytest
import structlog
from sqlalchemy import select

from api.background.cleanup import sweeper
from api.outbox import payload
from api.outbox.models import Delivery
from api.residents import linking
from api.residents.models import LinkAsk, LinkTry
from api.security.seals import seals_of
from api.text.tifinagh import to_latin
from tests.ballots import ballots_of, resident_of
from tests.direct import DirectPerson
from tests.linking.acts import CODE
from tests.seated import heard, seated
from tests.world import World

PAIRS = [("sms", "telegram"), ("telegram", "sms")]


async def code_of(person: DirectPerson, word: str = "LIER") -> str:
    await person.say(word)
    match = CODE.search(heard(person))
    assert match is not None, heard(person)
    return match.group()


async def are_one(world: World, *persons: DirectPerson) -> bool:
    residents = [await resident_of(world, each.channel, each.address) for each in persons]
    return len({each.id for each in residents if each is not None}) == 1


async def notices(world: World) -> list[str]:
    """The notifications that are queued, oldest first."""
    async with world.db.transaction() as session:
        unasked = (Delivery.state == "queued", Delivery.inbound_id.is_(None))
        kept = await session.scalars(select(Delivery.sealed).where(*unasked).order_by(Delivery.id))
        return [payload.unseal(seals_of(session), each).text for each in kept if each is not None]


def says(person: DirectPerson, text: str, message: str, language: str, **values: object) -> bool:
    """Whether a text says this, also in Latin letters, which somebody with a linked phone reads everywhere."""
    words = person.words(message, language, **values)
    return words in text or to_latin(words) in text


@pytest.mark.parametrize("language", ["ar", "fr", "zgh"])
@pytest.mark.parametrize(("shows_on", "sends_on"), PAIRS)
async def test_a_yes_links_and_a_no_does_not(quiet_world: World, shows_on: str, sends_on: str, language: str) -> None:
    shows, sends = await seated(quiet_world, shows_on, language), await seated(quiet_world, sends_on, language)
    word = {"ar": "ربط", "fr": "LIER", "zgh": "zdi"}[language]
    await sends.say(await code_of(shows, word))
    assert sends.words("link.wait", language) in heard(sends)
    device = f"SMS ...{sends.address[-2:]}" if sends_on == "sms" else "Telegram"
    assert says(shows, (await notices(quiet_world))[-1], "link.confirm", language, device=device)
    await shows.say(shows.words("word.no", language))
    assert shows.words("link.no", language) in heard(shows)
    assert not await are_one(quiet_world, shows, sends)
    await sends.say(await code_of(shows, word))
    await shows.say(shows.words("word.yes", language))
    assert says(shows, heard(shows), "link.done", language)
    assert await are_one(quiet_world, shows, sends)


@pytest.mark.parametrize(("shows_on", "sends_on"), PAIRS)
async def test_a_tap_on_the_notice_is_a_yes(quiet_world: World, shows_on: str, sends_on: str) -> None:
    shows, sends = await seated(quiet_world, shows_on), await seated(quiet_world, sends_on)
    await sends.say(await code_of(shows))
    await shows.tap("link:yes")
    assert await are_one(quiet_world, shows, sends)


@pytest.mark.parametrize(("shows_on", "sends_on"), PAIRS)
async def test_a_word_for_a_question_is_no_yes_to_a_stranger(quiet_world: World, shows_on: str, sends_on: str) -> None:
    """They went on to the question before the stranger sent the code: their 1 answers the question."""
    shows, sends = await seated(quiet_world, shows_on), await seated(quiet_world, sends_on)
    code = await code_of(shows)
    await shows.say("retour")
    await sends.say(code)
    await shows.say("1")
    assert not await are_one(quiet_world, shows, sends)
    assert len(await ballots_of(quiet_world, shows.channel, shows.address)) == 1
    if shows_on == "sms":
        assert "envoyez LIER" in (await notices(quiet_world))[-1]
    await shows.say("LIER")
    assert "votre code" in heard(shows)
    await shows.say("1")
    assert await are_one(quiet_world, shows, sends)


async def test_a_yes_comes_too_late_after_a_quarter_of_an_hour(quiet_world: World) -> None:
    shows, sends = await seated(quiet_world, "sms"), await seated(quiet_world, "telegram")
    await sends.say(await code_of(shows))
    quiet_world.now.advance(minutes=15)
    await shows.tap("link:yes")
    assert shows.words("link.unknown", "fr") in heard(shows)
    assert not await are_one(quiet_world, shows, sends)
    await sweeper(quiet_world.settings, quiet_world.db, quiet_world.now)()
    async with quiet_world.db.transaction() as session:
        assert (await session.scalars(select(LinkAsk))).all() == []


async def test_a_forged_yes_links_nobody(quiet_world: World) -> None:
    shows, sends = await seated(quiet_world, "sms"), await seated(quiet_world, "telegram")
    code = await code_of(shows)
    await sends.tap("link:yes")
    await sends.say(code)
    await sends.tap("link:yes")
    assert not await are_one(quiet_world, shows, sends)


async def test_who_stopped_meanwhile_is_asked_nothing(quiet_world: World) -> None:
    shows, sends = await seated(quiet_world, "sms"), await seated(quiet_world, "telegram")
    code = await code_of(shows)
    await shows.say("STOP")
    before = await notices(quiet_world)
    await sends.say(f"LIER {code}")
    assert sends.words("link.unknown", "fr") in heard(sends)
    assert await notices(quiet_world) == before


async def test_erasing_brings_no_more_tries(quiet_world: World) -> None:
    shows, guesses = await seated(quiet_world, "telegram"), await seated(quiet_world, "sms")
    code = await code_of(shows)
    for number in range(5):
        await guesses.say(f"LIER {number:06}")
    for text in ("mes données", "1", "1"):
        await guesses.say(text)
    await sweeper(quiet_world.settings, quiet_world.db, quiet_world.now)()
    for text in ("hello", "2", "1", "3", f"LIER {code}"):
        await guesses.say(text)
    assert guesses.words("link.tries", "fr") in heard(guesses)
    async with quiet_world.db.transaction() as session:
        origins = set(await session.scalars(select(LinkTry.origin)))
        assert {len(each) for each in origins} == {0, 16}
    quiet_world.now.advance(hours=1)
    await guesses.say(f"LIER {await code_of(shows)}")
    assert guesses.words("link.wait", "fr") in heard(guesses)
    await sweeper(quiet_world.settings, quiet_world.db, quiet_world.now)()
    async with quiet_world.db.transaction() as session:
        assert len((await session.scalars(select(LinkTry))).all()) == 1


async def test_wrong_codes_of_all_together_are_told_and_have_an_end(quiet_world: World) -> None:
    shows, sends = await seated(quiet_world, "telegram"), await seated(quiet_world, "sms")
    async with quiet_world.db.transaction() as session:
        session.add(LinkTry(origin=b"", since=quiet_world.now(), count=linking.CEILING - 1))
    with structlog.testing.capture_logs() as logged:
        await sends.say("LIER 000000")
    warned = [each for each in logged if "linking.wrong_codes" in each["event"]]
    assert [set(each) for each in warned] == [{"event", "log_level", "count"}]
    await sends.say(f"LIER {await code_of(shows)}")
    assert sends.words("link.tries", "fr") in heard(sends)
    await shows.share(sends.address)  # a number confirmed by the app needs no code
    assert await are_one(quiet_world, shows, sends)
