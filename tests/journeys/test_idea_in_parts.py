"""An idea that arrives in several texts, as no gateway joins them: what does not fit leaves no gap in it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from api.proposals.ideas.intake import LONGEST
from api.proposals.models import Idea
from tests.journeys.test_late_words import StandingClock, at_the_first_question
from tests.journeys.test_letters_in_parts import BEGUN
from tests.world import World

LONG = ("une route " * 100)[: LONGEST - 60].strip()


@pytest.mark.parametrize(
    ("texts", "kept"),
    [
        ([LONG, BEGUN, "un pont aussi", "et voila pourquoi"], LONG),
        ([BEGUN * 7, "un pont aussi"], ""),  # the first part from an app that cuts long texts
    ],
)
async def test_after_a_part_that_did_not_fit_no_other_joins(quiet_world: World, texts: list[str], kept: str) -> None:
    clock = StandingClock(quiet_world.now())
    person = await at_the_first_question(quiet_world, clock, repeated_within=3, parts_within=5)
    await person.say("idée")
    for text in texts:
        await person.say(text)
        clock.advance(seconds=4)
    assert person.heard.startswith(person.words("idea.long", count=LONGEST))
    clock.advance(seconds=2)
    await person.say("une route, en bref")  # written again in fewer words: no longer a part
    await person.say("valider")
    await person.say("1")
    async with quiet_world.db.transaction() as session:
        idea = (await session.scalars(select(Idea.text).order_by(Idea.id.desc()).limit(1))).one()
    assert idea == "\n".join(filter(None, [kept, "une route, en bref"]))
