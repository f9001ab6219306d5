"""If at most one of several may be chosen, one tap is the whole answer, like one digit by SMS."""

from __future__ import annotations

import pytest

from tests.consultations import question, vote, words
from tests.direct import DirectPerson
from tests.journeys.anything import RECEIPT
from tests.journeys.test_changing import counted, ticked
from tests.journeys.test_votes_counted_as_given import VOICE, channels, key_of, only_ballot, open_only, voter
from tests.world import World

_DONE = VOICE("word.done")


def labels(person: DirectPerson) -> list[str]:
    return [choice.label for reply in person.replies for choice in reply.choices]


@pytest.mark.parametrize("kind", ["several", "ranking"])
@channels
async def test_one_answer_ends_it_and_another_takes_its_place(own_world: World, channel: str, kind: str) -> None:
    await open_only(own_world, vote(kind, options=4, most=1, threshold=1))
    person = await voter(own_world, channel)
    assert _DONE not in labels(person)
    third = person.choices[2]
    await person.take(person.choices[1])
    assert RECEIPT.search(person.heard), person.heard
    assert _DONE not in labels(person)
    await person.say("changer")
    await person.take(third)
    assert RECEIPT.search(person.heard) is not None
    assert await only_ballot(person) == {1: ["3"]}
    assert (await own_world.results("round")).complete == 1


async def test_each_tap_leads_to_the_next_question_and_back_again(own_world: World) -> None:
    asked = [question("several", options=3, most=1), question("ranking", options=3, most=1), question("yes_no")]
    await open_only(own_world, {"code": "trio", "title": words("trio"), "questions": asked})
    person = await voter(own_world, "telegram")
    first, second = key_of(person, 1), key_of(person, 2)
    await person.tap(second)
    assert "2/3" in person.heard
    assert VOICE("echo", said="texte option 2") not in person.heard  # ticked on the tapped message
    await person.tap(first)  # on the message above: as with a single choice, nothing moves
    assert await only_ballot(person) == {1: ["1"]}
    assert ticked(person) == ["texte option 1"]
    await person.say("retour")
    assert ticked(person) == ["texte option 1"]
    await person.say("3")
    assert "2/3" in person.heard
    assert await only_ballot(person) == {1: ["3"]}


async def test_choosing_on_a_card_ends_it(own_world: World) -> None:
    await open_only(own_world, vote("several", most=1))
    person = await voter(own_world, "telegram")
    await person.tap(next(choice.key for choice in person.choices if choice.key.startswith("card:")))
    await person.tap(next(choice.key for choice in person.choices if choice.key.endswith(":pick")))
    assert RECEIPT.search(person.heard), person.heard
    assert await counted(own_world) == [1, 0, 0, 0, 0, 0]
