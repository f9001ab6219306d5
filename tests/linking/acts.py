"""What tests of linking do: read the code shown, vote for an option by its position, see who is one resident."""

from __future__ import annotations

import re

from api.text.tifinagh import to_latin
from tests.ballots import resident_of
from tests.people import Person, SmsPerson, TelegramPerson
from tests.world import World

CODE = re.compile(r"\b\d{6}\b")
RECEIPT = re.compile(r"\b[2-9A-HJ-NP-TV-Z]{8}\b")


def shown_code(person: Person) -> str:
    """The newest code shown to this person."""
    match = CODE.search(person.heard)
    assert match is not None, person.heard
    return match.group()


def shown_receipt(person: Person) -> str:
    """The receipt in the newest message."""
    match = RECEIPT.search(person.heard)
    assert match is not None, person.heard
    return match.group()


def address_of(person: Person) -> tuple[str, str]:
    """Channel and address of a person."""
    if isinstance(person, SmsPerson):
        return "sms", person.phone.number
    assert isinstance(person, TelegramPerson)
    return "telegram", str(person.user.profile.id)


async def are_linked(world: World, one: Person, other: Person) -> bool:
    """Whether both are one resident."""
    residents = [await resident_of(world, *address_of(each)) for each in (one, other)]
    return residents[0] is not None and residents[1] is not None and residents[0].id == residents[1].id


async def vote_to_the_end(person: Person, place: int) -> str:
    """Answer the four questions of the main consultation, the first with this option; returns the receipt."""
    for choice in (place, 1, 4):
        await person.pick(choice)
    await person.say("une route")
    return shown_receipt(person)


def says(person: Person, message: str) -> bool:
    """Whether the newest message says this, also in Latin letters, which linked phones switch to."""
    words = person.words(message)
    return words in person.heard or to_latin(words) in person.heard
