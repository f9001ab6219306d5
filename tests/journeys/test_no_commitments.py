"""Before there is a plan, during a question: words about commitments are answered, and the question stays."""

from __future__ import annotations

import pytest

from tests.people import joined
from tests.world import World


@pytest.mark.parametrize("channel", ["sms", "telegram"])
@pytest.mark.parametrize("language", ["ar", "fr", "zgh"])
async def test_nothing_is_there_and_nobody_is_stuck(own_world: World, channel: str, language: str) -> None:
    person = await joined(own_world, channel, language)
    for words, message in (
        ("engagements", "status.none"),
        ("statut 3", "status.none"),
        (person.words("word.unfollow"), "follow.nothing"),
    ):
        await person.say(words)
        text = {"status.none": person.words("status.none"), "follow.nothing": person.words("follow.nothing")}
        assert text[message] in person.heard
        assert "1/4" in person.heard
    await person.say(person.words("word.follow"))
    await person.pick(1)
    assert "1/4" in person.heard
    await person.pick(1)
    assert "2/4" in person.heard
