"""What is stored about where people live and how they came: the town they named, their poster or link."""

from __future__ import annotations

import pytest

from api.dialogue.steps.towns import commune_in
from api.region import places
from api.text.normalise import normalise
from sawt.compose import catalogs
from tests.ballots import resident_of
from tests.consultations import main_consultation, vote, words
from tests.corpus.measure import lexicon
from tests.direct import DirectPerson
from tests.people import TelegramPerson, joined
from tests.world import World

channels = pytest.mark.parametrize("channel", ["sms", "telegram"])
LEXICON, CATALOGS = lexicon(), catalogs()


async def stored_about(world: World, person: DirectPerson) -> tuple[str | None, str | None, str | None]:
    """Their province, commune and source."""
    resident = await resident_of(world, person.channel, person.address)
    assert resident is not None
    return resident.province, resident.commune, resident.source


async def at_the_province(world: World, channel: str) -> DirectPerson:
    """Somebody who is asked for their province."""
    person = DirectPerson.new(world, channel)
    for text in ("hello", "français", "oui"):
        await person.say(text)
    return person


@channels
@pytest.mark.parametrize(
    ("text", "province", "commune"),
    [
        ("Martil", "01.573", "01.573.01.03"),
        ("j'habite à martil svp", "01.573", "01.573.01.03"),
        ("وادي لاو", "01.571", "01.571.01.07"),
        ("L9sar lkbir", "01.331", "01.331.01.01"),
        ("ⵉⵎⵥⵓⵔⵏ", "01.051", "01.051.01.05"),
        ("Tétouan", "01.571", None),  # a province, which was asked for, and a commune
        ("Tetuan", "01.571", None),
        ("Oued Laou, Tetuan", "01.571", "01.571.01.07"),
        ("3", "01.571", None),
        ("Beni Makada", "01.511", None),  # a district of Tanger
    ],
)
async def test_a_town_is_kept_as_a_commune(
    world: World, channel: str, text: str, province: str, commune: str | None
) -> None:
    person = await at_the_province(world, channel)
    await person.say(text)
    assert await stored_about(world, person) == (province, commune, None)


@channels
async def test_a_tap_names_no_town_and_nothing_more_is_asked(world: World, channel: str) -> None:
    person = await at_the_province(world, channel)
    await person.tap("prov:01.573")
    assert await stored_about(world, person) == ("01.573", None, None)
    assert "1/4" in person.heard


async def test_another_province_forgets_the_town(world: World) -> None:
    person = await at_the_province(world, "telegram")
    await person.say("Martil")
    await person.tap("prov:01.573")
    assert (await stored_about(world, person))[:2] == ("01.573", "01.573.01.03")
    await person.tap("prov:01.571")
    assert (await stored_about(world, person))[:2] == ("01.571", None)


def test_every_commune_is_named_by_its_names_unless_its_province_bears_them() -> None:
    for province in places.provinces():
        itself = {normalise(each) for each in (province.fr, province.ar, *places.spellings(province.code))}
        for commune in places.communes(province.code):
            for name in (commune.fr, commune.ar, *commune.spelt):
                expected = None if normalise(name) in itself else commune.code
                assert commune_in(name, province.code, LEXICON) == expected, name
    assert sum(len(places.communes(each.code)) for each in places.provinces()) == 146


@pytest.mark.parametrize("text", ["", "?", "2", "Martil ou Fnideq ou Allyene", "pas à Martil", "rien"])
def test_what_names_no_one_commune(text: str) -> None:
    assert commune_in(text, "01.573", LEXICON) is None


@channels
@pytest.mark.parametrize(
    ("text", "source"), [("PLAN", "plan"), (" plan ", "plan"), ("bonjour", None), ("plan b", None)]
)
async def test_a_posters_keyword_is_kept_and_no_other_first_words(
    world: World, channel: str, text: str, source: str | None
) -> None:
    person = DirectPerson.new(world, channel)
    for message in (text, "français", "oui", "passer", "plan"):
        await person.say(message)
    assert (await stored_about(world, person))[2] == source


@pytest.mark.parametrize(
    ("payload", "source"), [("plan", "plan"), ("Souk_2026-a", "souk_2026-a"), ("é ⴰ", None), ("a b", None)]
)
async def test_a_deep_link_is_kept_as_it_was_the_first_time(world: World, payload: str, source: str | None) -> None:
    user = world.network.telegram_user(world.chat(), language_code="fr")
    await user.send(f"/start {payload}")
    await user.send("/start another")
    await world.network.settled()
    resident = await resident_of(world, "telegram", str(user.profile.id))
    assert resident is not None
    assert resident.source == source


async def test_a_posters_keyword_opens_its_consultation_once_they_joined(quiet_world: World) -> None:
    await quiet_world.open({**main_consultation(), "code": "souk", "title": words("souk")})
    person = DirectPerson.new(quiet_world, "sms")
    for text in ("Souk", "français", "oui", "passer"):
        await person.say(text)
    assert person.heard.startswith(CATALOGS.voice("fr")("consultation.intro", title=words("souk")["fr"], count=4))


VOTING = ("VOTE", "vote svp", "Le vote", "le vote stp", "voter", "je veux voter", "Bonjour, je veux voter", "بغيت نصوت")


@pytest.mark.parametrize("message", VOTING)
@pytest.mark.parametrize("before", [(), ("bonjour",), ("bonjour", "français")])
async def test_words_for_voting_open_the_vote_once_they_joined(
    own_world: World, message: str, before: tuple[str, ...]
) -> None:
    await own_world.open({**vote("several"), "code": "vote"})
    person = DirectPerson.new(own_world, "sms")
    for text in (*before, message, *("français", "oui")[max(len(before) - 1, 0) :], "passer"):
        await person.say(text)
    assert person.heard.startswith(words("round")["fr"])
    assert (await stored_about(own_world, person))[2] == "vote"


@pytest.mark.parametrize("message", VOTING)
async def test_words_for_voting_open_the_vote_for_who_joined_before(own_world: World, message: str) -> None:
    person = DirectPerson.new(own_world, "sms")
    for text in ("bonjour", "français", "oui", "passer", "menu", "0"):
        await person.say(text)
    await own_world.open({**vote("several"), "code": "vote"})
    await person.say(message)
    assert person.heard.startswith(words("round")["fr"])


async def test_words_for_voting_lead_on_where_no_vote_has_that_code(own_world: World) -> None:
    await own_world.open(vote("several"))
    person = DirectPerson.new(own_world, "sms")
    for text in ("je veux voter", "français", "oui", "passer"):
        await person.say(text)
    assert person.heard.startswith(person.words("home.choose"))


async def test_a_deep_link_opens_its_consultation_for_who_joined_before(own_world: World) -> None:
    person = await joined(own_world, "telegram", "fr")
    assert isinstance(person, TelegramPerson)
    await own_world.open({**main_consultation(), "code": "souk", "title": words("souk")})
    await person.user.start("Souk")
    await own_world.network.settled()
    assert person.heard.startswith(person.words("consultation.intro", title=words("souk")["fr"], count=4))
    await person.user.start("elsewhere")
    await own_world.network.settled()
    assert "1/4" in person.heard  # where they are
