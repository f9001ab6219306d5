"""An edit on Telegram changes its own part of an answer, and does not undo what a later message answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from api.channel import Kind
from tests.consultations import question, vote, words
from tests.direct import DirectPerson
from tests.journeys.test_changing import ranked
from tests.journeys.test_votes_counted_as_given import VOICE, only_ballot, open_only, voter
from tests.world import World

IDS = count(1)


async def send(person: DirectPerson, text: str) -> str:
    """Write a message; returns its id."""
    message_id = f"message-{next(IDS)}"
    await person.say(text, message_id=message_id)
    return message_id


async def edit(person: DirectPerson, message_id: str, text: str) -> None:
    """Edit that message."""
    await person.say(text, message_id=message_id, kind=Kind.EDITED)


async def at_a_text(world: World) -> DirectPerson:
    """Somebody at a free-text question that another question follows."""
    asked = [question("text"), question("yes_no"), question("yes_no")]
    await open_only(world, {"code": "round", "title": words("round"), "questions": asked})
    person = await voter(world, "telegram")
    tools = replace(person.dialogue.context, parts_within=timedelta(seconds=5))
    person.dialogue = replace(person.dialogue, context=tools)
    return person


@pytest.mark.parametrize(
    ("place", "text", "whole"),
    [
        (0, "il ne faut pas", "il ne faut pas un hôpital"),
        (1, "un dispensaire", "il faut un dispensaire"),
    ],
)
async def test_an_edit_replaces_its_own_part_of_a_text(quiet_world: World, place: int, text: str, whole: str) -> None:
    person = await at_a_text(quiet_world)
    sent = [await send(person, each) for each in ("il faut", "un hôpital")]
    assert await only_ballot(person) == {1: ["il faut un hôpital"]}
    await edit(person, sent[place], text)
    assert await only_ballot(person) == {1: [whole]}
    assert VOICE("point.changed", place=1, said=whole) in person.heard
    await edit(person, sent[1 - place], "xyz")
    kept = [text, text]
    kept[1 - place] = "xyz"
    assert await only_ballot(person) == {1: [" ".join(kept)]}


async def test_an_edit_of_a_text_that_was_replaced_changes_nothing(quiet_world: World) -> None:
    person = await at_a_text(quiet_world)
    first = await send(person, "une route")
    for text in ("retour", "un pont"):
        await send(person, text)
    await edit(person, first, "une piste")
    assert await only_ballot(person) == {1: ["un pont"]}
    assert person.heard.startswith(VOICE("half.stays", said="un pont"))


async def test_an_edit_of_an_earlier_ranking_does_not_undo_a_later_one(quiet_world: World) -> None:
    await open_only(quiet_world, vote("ranking", options=4))
    person = await voter(quiet_world, "telegram")
    first, second = await send(person, "3"), await send(person, "4 3 2 1")
    await edit(person, first, "4 1")
    assert await only_ballot(person) == {1: ["4", "3", "2", "1"]}
    assert person.heard.startswith(VOICE("half.stays", said=ranked(4, 3, 2, 1)))
    await edit(person, second, "1 2 3 4")
    assert await only_ballot(person) == {1: ["1", "2", "3", "4"]}


@pytest.mark.parametrize("kind", ["ranking", "several", "single"])
async def test_nor_after_the_next_question(quiet_world: World, kind: str) -> None:
    asked = [question(kind, options=4), question("yes_no")]
    await open_only(quiet_world, {"code": "round", "title": words("round"), "questions": asked})
    person = await voter(quiet_world, "telegram")
    first = await send(person, "3 4" if kind != "single" else "3")
    await send(person, "retour")
    second = await send(person, "2 1" if kind != "single" else "2")
    ballot = await only_ballot(person)
    await edit(person, first, "1")
    assert await only_ballot(person) == ballot
    assert "Votre réponse reste" in person.heard
    await edit(person, second, "4")
    assert await only_ballot(person) == {1: ["4"]}


async def test_an_edit_of_the_one_answer_still_changes_it_after_a_misunderstanding(quiet_world: World) -> None:
    asked = [question("several", options=4), question("yes_no")]
    await open_only(quiet_world, {"code": "round", "title": words("round"), "questions": asked})
    person = await voter(quiet_world, "telegram")
    await send(person, "xyzzy")
    message_id = await send(person, "1 2")
    await edit(person, message_id, "3 4")
    assert await only_ballot(person) == {1: ["3", "4"]}


async def test_an_edit_does_not_undo_what_was_tapped_since(quiet_world: World) -> None:
    """Which choices came from which message is not stored: all of them stay, and they are told so."""
    asked = [question("several", options=4), question("yes_no")]
    await open_only(quiet_world, {"code": "round", "title": words("round"), "questions": asked})
    person = await voter(quiet_world, "telegram")
    keys = [choice.key for choice in person.choices]
    typed = await send(person, "1")
    for key in keys[1:3]:
        await person.tap(key)
    ballot = await only_ballot(person)
    assert ballot == {1: ["1", "2", "3"]}
    await edit(person, typed, "4")
    assert await only_ballot(person) == ballot
    assert "Votre réponse reste" in person.heard


async def test_an_edit_at_the_question_itself_replaces_what_its_message_gave(quiet_world: World) -> None:
    asked = [question("several", options=4), question("yes_no")]
    await open_only(quiet_world, {"code": "round", "title": words("round"), "questions": asked})
    person = await voter(quiet_world, "telegram")
    typed = await send(person, "1")
    await edit(person, typed, "4")
    assert await only_ballot(person) == {1: ["4"]}


async def test_nor_what_another_message_chose(quiet_world: World) -> None:
    await open_only(quiet_world, vote("several", options=5, most=4))
    person = await voter(quiet_world, "telegram")
    await send(person, "1")
    second = await send(person, "3")
    await edit(person, second, "4")
    assert await only_ballot(person) == {1: ["1", "3"]}
    assert person.heard.startswith(VOICE("half.stays", said="texte option 1, texte option 3"))


async def test_an_edit_does_not_undo_a_later_tap_on_one_choice(quiet_world: World) -> None:
    asked = [question("single", options=4), question("yes_no")]
    await open_only(quiet_world, {"code": "round", "title": words("round"), "questions": asked})
    person = await voter(quiet_world, "telegram")
    keys = [choice.key for choice in person.choices]
    typed = await send(person, "1")
    await person.tap(keys[2])  # on the old message
    await edit(person, typed, "2")
    assert await only_ballot(person) == {1: ["3"]}
    assert "Votre réponse reste" in person.heard
