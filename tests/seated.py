"""Residents who have joined, in a world without a wire: they talk directly to the dialogue."""

from __future__ import annotations

import re

from tests.direct import DirectPerson
from tests.seating import seat
from tests.world import World

RECEIPT = re.compile(r"\b[2-9A-HJ-NP-TV-Z]{8}\b")


async def seated(world: World, channel: str, language: str = "fr") -> DirectPerson:
    """A resident who chose a language, consented, named the third province, and now has the first question."""
    person = DirectPerson.new(world, channel)
    await seat(world, channel, person.address, language)
    await person.say("3")
    return person


def heard(person: DirectPerson) -> str:
    """All replies to their last message."""
    return "\n".join(each.text for each in person.replies)


async def answered(person: DirectPerson, place: int = 1) -> str:
    """Answer the main consultation's four questions, the first with this option; returns the receipt."""
    for text in (str(place), "1", "4", "une route"):
        await person.say(text)
    match = RECEIPT.search(heard(person))
    assert match is not None, heard(person)
    return match.group()
