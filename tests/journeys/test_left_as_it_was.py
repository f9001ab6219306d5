"""What was counted stays until something whole takes its place: no number of another list, no skip, no half answer."""

from __future__ import annotations

from sawt.compose import catalogs
from tests.consultations import vote
from tests.journeys.test_votes_counted_as_given import voter
from tests.world import World

VOICE = catalogs().voice("fr")


async def test_a_text_of_another_vote_names_no_number_to_send(quiet_world: World) -> None:
    await quiet_world.open(vote("several"))
    person = await voter(quiet_world, "sms")
    await person.say("plan")
    await person.say("detail 2")
    assert "texte detail 2" in person.heard
    assert VOICE("detail.choose", number="2") not in person.heard
    await person.say("round")
    await person.say("detail 2")
    assert VOICE("detail.choose", number="2") in person.heard
