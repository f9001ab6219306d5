"""A message that consists of a command is no free-text answer: the command is done, and the question is asked again."""

from __future__ import annotations

import pytest

from sawt.compose import catalogs
from tests.consultations import question, words
from tests.desk.test_letters import letters
from tests.direct import DirectPerson
from tests.journeys.test_votes_counted_as_given import only_ballot, open_only, voter
from tests.meetings.planned import planned, registered
from tests.world import World

channels = pytest.mark.parametrize("channel", ["sms", "telegram"])
VOICE = catalogs().voice("fr")
OWN = {"code": "own", "title": words("own"), "questions": [question("yes_no"), question("text")]}
TOLD = VOICE("text.command")
MINE = "texte own"  # from "my data": the consultation they take part in
# Each word, its reply, and what leads back to the question.
COMMANDS = {
    "MES DONNEES": (MINE, "retour"), "بياناتي": (MINE, "retour"), "isefka inu": (MINE, "0"),
    "VOTE": ("2/2", ""), "تصويت": ("2/2", ""), "REUNION": (VOICE("meetings.ask"), "retour"),
    "اجتماعات": (VOICE("meetings.ask"), "0"), "agraw": (VOICE("meetings.ask"), "0"),
    "ANNULER REUNION": (VOICE("meeting.out.none"), ""), "إلغاء الاجتماع": (VOICE("meeting.out.none"), ""),
    "VERIFIER": (VOICE("receipt.how"), ""), "LIER": ("", "retour"), "lier": ("", "retour"),
    "STATUT": (VOICE("status.none"), ""), "suivre": (VOICE("follow.ask"), "retour"),
    "PROPOSITION": (VOICE("proposal.none"), ""),
    "DETAIL": (VOICE("detail.none"), ""), "AGENT": (VOICE("assist.usage"), ""), "IDEE": (VOICE("idea.write"), "0"),
}  # fmt: skip


async def writing(world: World, channel: str) -> DirectPerson:
    """Somebody at a free-text question."""
    await open_only(world, OWN)
    await planned(world)
    person = await voter(world, channel)
    await person.say("oui")
    assert "2/2" in person.heard
    return person


@channels
async def test_a_command_is_done_and_the_question_waits(quiet_world: World, channel: str) -> None:
    person = await writing(quiet_world, channel)
    for text, (done, back) in COMMANDS.items():
        await person.say(text)
        assert person.heard.startswith(TOLD), text
        assert done in person.heard, text
        if back:
            await person.say(back)
        assert "2/2" in person.heard, text
        assert 2 not in await only_ballot(person), text
    await person.say("une réunion par mois")
    assert (await only_ballot(person))[2] == ["une réunion par mois"]


@channels
async def test_a_language_by_its_name_is_spoken_from_then_on(quiet_world: World, channel: str) -> None:
    person = await writing(quiet_world, channel)
    for text, asked in (("العربية", "نص text"), ("français", "texte text"), ("tamazight latin", "aḍṛiṣ text")):
        await person.say(text)
        assert asked in person.heard, text
    assert 2 not in await only_ballot(person)


@channels
async def test_a_code_behind_its_command_is_looked_up(quiet_world: World, channel: str) -> None:
    person = await writing(quiet_world, channel)
    for text, message in (
        ("VERIFIER W7MQ2X9K", "receipt.unknown"), ("vérifier w7mq2x9k", "receipt.unknown"),
        ("LIER 123 456", "link.unknown"), ("STATUT 3", "status.none"), ("AGENT 12345678", "assist.wrong"),
    ):  # fmt: skip
        await person.say(text)
        assert VOICE(message) in person.heard, text
        await person.say("0") if "2/2" not in person.heard else None
        assert 2 not in await only_ballot(person), text
    await person.say("vérifier ensemble")
    assert (await only_ballot(person))[2] == ["vérifier ensemble"]


@channels
async def test_change_goes_back_and_a_seat_is_given_up(quiet_world: World, channel: str) -> None:
    person = await writing(quiet_world, channel)
    for text in ("réunion 1", "oui", "annuler ma place"):
        await person.say(text)
    assert await registered(quiet_world, 1) == []
    await person.say("CHANGER")
    assert "1/2" in person.heard
    assert await only_ballot(person) == {1: ["yes"]}


@channels
@pytest.mark.parametrize("text", ["VOTE", "MES DONNEES", "REUNION", "العربية", "CHANGER", "LIER", "VERIFIER W7MQ2X9K"])
async def test_nothing_joins_an_idea_or_a_letter_that_is_one_of_our_words(
    quiet_world: World, channel: str, text: str
) -> None:
    person = await writing(quiet_world, channel)
    for each in ("idée", "un pont pour le douar", text, "idée"):
        await person.say(each)
    number = quiet_world.service.dialogue.context.catalogs.voice("ar" if text == "العربية" else "fr")
    assert person.heard.endswith(number("idea.more", number=1))  # kept as written
    await person.say("0")
    await person.say("écrire")
    await person.say(text)
    assert await letters(quiet_world) == []


@channels
@pytest.mark.parametrize("text", ["other", "OTHER!", "«other»", "START other"])
async def test_the_code_of_a_consultation_opens_it(quiet_world: World, channel: str, text: str) -> None:
    person = await writing(quiet_world, channel)
    await quiet_world.open({"code": "other", "title": words("other"), "questions": [question("yes_no")]})
    await person.say(text)
    assert "texte other" in person.heard
    assert "2/2" not in person.heard
    assert 2 not in await only_ballot(person)
    if not text.startswith("START"):  # a word that works everywhere, and begins what follows it
        assert person.heard.startswith(TOLD)


@channels
@pytest.mark.parametrize("text", ["own", "Own."])
async def test_the_name_of_the_one_they_answer_is_no_answer_and_the_question_waits(
    quiet_world: World, channel: str, text: str
) -> None:
    person = await writing(quiet_world, channel)
    await person.say(text)
    assert person.heard.startswith(TOLD)
    assert "2/2" in person.heard
    assert await only_ballot(person) == {1: ["yes"]}
    await person.say("l'own est trop loin")
    assert (await only_ballot(person))[2] == ["l'own est trop loin"]


@channels
async def test_a_closed_or_unknown_code_is_an_answer_as_any_word_is(quiet_world: World, channel: str) -> None:
    person = await writing(quiet_world, channel)
    await person.say("plan")
    assert (await only_ballot(person))[2] == ["plan"]
