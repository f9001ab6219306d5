"""Residents who have joined, in a world without a wire: their words go straight to the dialogue."""

from __future__ import annotations

import re

from tests.direct import DirectPerson
from tests.seating import seat
from tests.world import World

RECEIPT = re.compile(r"\b[2-9A-HJ-NP-TV-Z]{8}\b")


async def seated(world: World, channel: str, language: str = "fr") -> DirectPerson:
    """Someone who chose a language, agreed, named the third province, and reads the first question."""
    person = DirectPerson.new(world, channel)
    await seat(world, channel, person.address, language)
    await person.say("3")
    return person


def heard(person: DirectPerson) -> str:
    """All they heard at their last words."""
    return "\n".join(each.text for each in person.replies)


async def answered(person: DirectPerson, place: int = 1) -> str:
    """Answer the four questions of the main consultation, the first one with this option; returns the receipt."""
    for text in (str(place), "1", "4", "une route"):
        await person.say(text)
    found = RECEIPT.search(heard(person))
    assert found is not None, heard(person)
    return found.group()
