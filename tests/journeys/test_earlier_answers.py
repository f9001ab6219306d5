"""Late changes to earlier answers: parts that are refused, an old card that is confirmed, an edit that is no answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from api.consultations.answer_rules import LONGEST
from tests.consultations import question, vote, words
from tests.journeys.test_edited_parts import at_a_text, edit, send
from tests.journeys.test_late_words import StandingClock, at_the_first_question, at_the_text
from tests.journeys.test_votes_counted_as_given import VOICE, key_of, only_ballot, open_only, voter
from tests.world import World

LONG = ("une route " * 300)[: LONGEST - 5]


async def test_nothing_joins_a_text_behind_a_part_that_was_refused(quiet_world: World) -> None:
    clock = StandingClock(quiet_world.now())
    person = await at_the_first_question(quiet_world, clock, repeated_within=0, parts_within=5)
    await at_the_text(clock, person)
    await person.say(LONG)
    for part in ("et encore une autre route", "ici"):
        clock.advance(seconds=1)
        await person.say(part)
        assert person.words("text.full") in person.heard
        assert (await only_ballot(person))[4] == [LONG.strip()]


async def test_a_first_part_that_comes_last_and_is_too_much_says_what_is_kept(quiet_world: World) -> None:
    person = await at_a_text(quiet_world)
    start = quiet_world.now()
    await person.say(LONG, sent_at=start + timedelta(seconds=2))
    await person.say("il faut une ecole et encore", sent_at=start + timedelta(seconds=1))
    assert person.heard.startswith(person.words("text.rest", said=LONG[:60]).split(":")[0])
    assert await only_ballot(person) == {1: [LONG.strip()]}


async def test_an_old_card_is_validated_after_the_end(quiet_world: World) -> None:
    await open_only(quiet_world, vote("several", options=5, most=3))
    person = await voter(quiet_world, "telegram")
    fifth = key_of(person, 5)
    await person.tap(key_of(person, 1))
    done = next(key for key in person.keys if key.endswith(":done"))
    await person.tap(done)
    receipt = person.heard
    await person.tap(fifth)
    await person.tap(done)
    assert VOICE("done.changed", receipt="").split(":")[0] in person.heard
    assert VOICE("echo", said="texte option 1, texte option 5") in person.heard
    assert await only_ballot(person) == {1: ["1", "5"]}
    assert receipt != person.heard
    await person.tap(done)  # nothing else changed
    assert person.heard == VOICE("echo", said="texte option 1, texte option 5")


async def test_an_old_card_is_validated_before_the_end(quiet_world: World) -> None:
    asked = [question("several", options=4, most=3), question("yes_no")]
    await open_only(quiet_world, {"code": "round", "title": words("round"), "questions": asked})
    person = await voter(quiet_world, "telegram")
    first, second = key_of(person, 1), key_of(person, 2)
    await person.tap(first)
    done = next(key for key in person.keys if key.endswith(":done"))
    await person.tap(done)
    await person.tap(second)
    await person.tap(done)
    assert person.heard == VOICE("point.changed", place=1, said="texte option 1, texte option 2")


@pytest.mark.parametrize(
    ("kind", "more", "text", "wrong", "rule"),
    [
        ("single", {"options": 5}, "2", "9", VOICE("expect.choice", last=5)),
        ("single", {"options": 5}, "2", "3 4", VOICE("rule.one")),
        ("yes_no", {}, "oui", "7", VOICE("expect.yes_no")),
        ("several", {"options": 4, "most": 2}, "1 2", "9", VOICE("expect.several", count=2)),
    ],
)
async def test_an_edit_to_what_cannot_be_says_the_rule(
    quiet_world: World, kind: str, more: dict[str, int], text: str, wrong: str, rule: str
) -> None:
    asked = [question(kind, **more), question("yes_no")]  # type: ignore[arg-type]
    await open_only(quiet_world, {"code": "round", "title": words("round"), "questions": asked})
    person = await voter(quiet_world, "telegram")
    message = await send(person, text)
    before = await only_ballot(person)
    await edit(person, message, wrong)
    assert person.heard.startswith(VOICE("point.rule", place=1, rule=rule))
    assert await only_ballot(person) == before
