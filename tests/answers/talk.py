"""What tests of own words share: a consultation that asks for them, people who answer it, and staff who read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.background import after_closing
from tests.api.office import CONSULTATIONS, call
from tests.consultations import question, words
from tests.direct import DirectPerson
from tests.seated import seated
from tests.world import World

CODE = "terrain"
PATH = f"{CONSULTATIONS}/{CODE}/answers"


def asking(**changed: Any) -> dict[str, Any]:
    """One closed question, then one in people's own words."""
    return {"code": CODE, "title": words(CODE), "questions": [question("yes_no"), question("text")], **changed}


async def crowd(world: World, count: int) -> list[DirectPerson]:
    """People on both channels in turn, who may answer."""
    return [await seated(world, ("sms", "telegram")[place % 2]) for place in range(count)]


async def answered(world: World, person: DirectPerson, choice: str, text: str | None) -> None:
    """Answer both questions; None passes over the second."""
    await person.say(CODE)
    await person.say(choice)
    await person.say(text if text is not None else person.words("word.skip"))
    world.now.advance(minutes=7)


async def held(world: World, texts: Sequence[str | None], **changed: Any) -> None:
    """A consultation that these people answered, one text each, closed."""
    people = await crowd(world, len(texts))
    await world.open(asking(**changed))
    for place, (person, text) in enumerate(zip(people, texts, strict=True)):
        await answered(world, person, ("oui", "non")[place % 2], text)
    await closed(world)


async def closed(world: World) -> None:
    """It is closed, and published once the replies on Telegram were waited for."""
    await world.close(CODE)
    world.now.advance(minutes=3)
    assert await after_closing.clean(world.db, now=world.now())


async def listed(world: World, **asked: Any) -> list[dict[str, Any]]:
    """All answers that staff are given, page by page."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        answer = await call(world, "GET", PATH, params={**asked, **cursor})
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        if answer.json()["next"] is None:
            return found
        cursor = {"cursor": answer.json()["next"]}


async def texts_of(world: World, **asked: Any) -> list[str]:
    """Their texts."""
    return [each["text"] for each in await listed(world, **asked)]
