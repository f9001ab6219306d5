"""A caption answers every kind of question it can; pictures and emojis are each answered once a minute."""

from __future__ import annotations

from typing import Any

import pytest

from api.channel import Kind
from sawt.compose import catalogs
from tests.consultations import question, words
from tests.journeys.test_votes_counted_as_given import only_ballot, open_only, voter
from tests.world import World

channels = pytest.mark.parametrize("channel", ["sms", "telegram"])
VOICE = catalogs().voice("fr")
# A caption, and the ballot after it; None if it is no answer.
CAPTIONS: dict[str, tuple[dict[str, Any], dict[str, list[str] | None]]] = {
    "single": ({"options": 4}, {"2": ["2"], "texte option 3": ["3"], "Voici la rue cassée": None}),
    "yes_no": ({}, {"oui": ["yes"], "Voici": None}),
    "scale": ({"low": 1, "high": 5}, {"4": ["4"], "٣": ["3"], "4 sur 5": ["4"], "4 rues cassées": None, "9": None}),
    "number": ({"low": 0, "high": 90}, {"34 ans": ["34"], "la maison 12 bis": None}),
    "several": ({"options": 4, "most": 3}, {"1 3": ["1", "3"], "1 et texte option 2": ["1", "2"], "1 2 3 4": None}),
    "ranking": ({"options": 3}, {"2 1 3": ["2", "1", "3"], "c'est la 2e rue": None}),
    "points": ({"options": 3, "total": 10}, {"A5 C5": ["5", "5"], "1:4, 2:6": ["4", "6"], "5 maisons": None}),
    "text": ({}, {"Voici la rue cassée": None}),
}


@channels
@pytest.mark.parametrize("kind", CAPTIONS)
async def test_a_caption_that_answers_answers_in_every_kind(quiet_world: World, channel: str, kind: str) -> None:
    rules, captions = CAPTIONS[kind]
    asked = [question(kind, **rules), question("yes_no")]
    await open_only(quiet_world, {"code": "one", "title": words("one"), "questions": asked})
    for caption, expected in captions.items():
        person = await voter(quiet_world, channel)
        await person.say(caption, kind=Kind.SHOWN)
        ballot = await only_ballot(person) if expected is not None or "2/2" in person.heard else {}
        values = [value.rpartition(":")[2] for value in ballot.get(1, ())] or None  # for points: how many
        assert values == expected, caption
        assert (VOICE("point.media") in person.heard) == (expected is None and caption != "1 2 3 4"), caption


@channels
async def test_each_sort_of_thing_has_a_minute_of_its_own(quiet_world: World, channel: str) -> None:
    person = await voter(quiet_world, channel)
    shown = {Kind.REACTED: VOICE("point.reaction"), Kind.SHOWN: VOICE("point.media")}
    for order in (tuple(shown), tuple(reversed(shown))):
        for kind in order:
            await person.say("❤" if kind is Kind.REACTED else "", kind=kind)
            assert person.heard.startswith(shown[kind])
        for kind in order:
            await person.say("❤" if kind is Kind.REACTED else "", kind=kind)
            assert person.replies == []
        quiet_world.now.advance(minutes=2)
