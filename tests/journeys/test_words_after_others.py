"""Words that follow something else: a closing, a letter, a seat given back."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from api.consultations import lifecycle
from sawt.compose import catalogs
from tests.ballots import resident_of
from tests.consultations import every_kind, vote
from tests.direct import DirectPerson
from tests.journeys.test_votes_counted_as_given import codes, voter
from tests.meetings.planned import planned, registered
from tests.world import World, quiet

channels = pytest.mark.parametrize("channel", ["sms", "telegram"])
VOICE = catalogs().voice("fr")


async def closing(world: World, code: str = "plan") -> None:
    """Close a consultation, before any cleanup runs."""
    async with world.db.transaction() as session:
        await lifecycle.close_ballots(session, code, who="amina", now=world.now())


async def at_a_closed_one(world: World, channel: str) -> DirectPerson:
    """Somebody at the first question of a consultation that closes meanwhile, while two others are open."""
    await world.open(every_kind())
    await world.open(vote("several"))
    person = await voter(world, channel)
    await person.say("texte plan")
    await closing(world)
    return person


@channels
@pytest.mark.parametrize("word", ["kinds", "texte all"])
async def test_the_word_of_another_vote_opens_it_after_a_closing(quiet_world: World, channel: str, word: str) -> None:
    person = await at_a_closed_one(quiet_world, channel)
    await person.say(word)
    assert person.heard.startswith(VOICE("error.closed"))
    assert "1/5 texte yes no" in person.heard


@channels
async def test_the_notice_of_a_closed_vote_names_what_else_is_open(quiet_world: World, channel: str) -> None:
    person = await at_a_closed_one(quiet_world, channel)
    await person.say("1")
    assert person.heard.startswith(VOICE("error.closed"))
    assert [each.key for each in person.choices if not each.action] == ["open:kinds", "open:round"]
    await person.say("1")
    assert "1/5 texte yes no" in person.heard


@channels
@pytest.mark.parametrize("yes", ["oui", "نعم", "wakha"])
async def test_a_yes_opens_only_what_was_offered(quiet_world: World, channel: str, yes: str) -> None:
    person = await voter(quiet_world, channel)
    await person.say("0")
    await person.say("écrire")
    await person.say("Bonjour, la route est coupée depuis hier")
    await person.say(yes)
    assert "1/4" not in person.heard
    assert [each.key for each in person.choices if not each.action] == ["open:plan"]
    assert await codes(person) == set()
    await person.say(yes)  # now it was shown
    assert "1/4" in person.heard


@pytest.fixture
async def hasty(database_url: str) -> AsyncIterator[World]:
    """A world that takes the same answer within three seconds for a repetition."""
    async with quiet(database_url, repeated_within=3.0) as world:
        yield world


async def test_only_the_newest_reply_is_repeated(hasty: World) -> None:
    await planned(hasty)
    await planned(hasty, "tetouan")
    person = DirectPerson.new(hasty, "sms")
    for text in ("hello", "2", "1", "3", "réunion", "1"):
        await person.say(text)
        hasty.now.advance(seconds=20)
    for text in ("oui", "annuler réunion", "1"):
        await person.say(text)
        hasty.now.advance(seconds=1)
    assert VOICE("meeting.over") not in person.heard
    assert "réservée" not in person.heard
    assert await resident_of(hasty, "sms", person.address) is not None
    assert await registered(hasty, 1) == []


@channels
@pytest.mark.parametrize("text", ["merci", "شكرا", "1", "oui", "bonjour", "kinds"])
async def test_after_a_wrong_number_only_start_begins_again(quiet_world: World, channel: str, text: str) -> None:
    person = await voter(quiet_world, channel)
    await person.say("mauvais numéro")
    await person.say("oui")
    assert person.heard == VOICE("wrong.done")
    for _ in range(2):
        await person.say(text)
        assert person.heard in {person.words("stopped.still", language) for language in ("ar", "fr")}
    await person.say("START")
    assert person.choices
    assert {each.key.partition(":")[0] for each in person.choices} <= {"lang", "consent"}


@channels
async def test_start_right_after_a_wrong_number_begins_again(quiet_world: World, channel: str) -> None:
    person = await voter(quiet_world, channel)
    await person.say("mauvais numéro")
    await person.say("oui")
    await person.say("START")
    assert {each.key.partition(":")[0] for each in person.choices} == {"lang"}
    await person.take(person.choices[1])
    assert {each.key.partition(":")[0] for each in person.choices} == {"consent"}
