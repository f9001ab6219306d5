"""Shared helpers for answers in people's own words: a consultation, residents who answer it, and what staff read."""

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
    """One closed question, then one that takes a text."""
    return {"code": CODE, "title": words(CODE), "questions": [question("yes_no"), question("text")], **changed}


async def crowd(world: World, count: int) -> list[DirectPerson]:
    """People on both channels in turn, ready to vote."""
    return [await seated(world, ("sms", "telegram")[place % 2]) for place in range(count)]


async def answered(world: World, person: DirectPerson, choice: str, text: str | None) -> None:
    """Answer both questions; None skips the second."""
    await person.say(CODE)
    await person.say(choice)
    await person.say(text if text is not None else person.words("word.skip"))
    world.now.advance(minutes=7)


async def closed_with(world: World, texts: Sequence[str | None], **changed: Any) -> None:
    """Open a consultation, let one resident answer per text, and close it."""
    people = await crowd(world, len(texts))
    await world.open(asking(**changed))
    for place, (person, text) in enumerate(zip(people, texts, strict=True)):
        await answered(world, person, ("oui", "non")[place % 2], text)
    await closed(world)


async def closed(world: World) -> None:
    """Close and publish it, after waiting for the replies on Telegram."""
    await world.close(CODE)
    world.now.advance(minutes=3)
    assert await after_closing.clean(world.db, now=world.now())


async def listed(world: World, **filters: Any) -> list[dict[str, Any]]:
    """Read all answers as staff, page by page."""
    answers: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        answer = await call(world, "GET", PATH, params={**filters, **cursor})
        assert answer.status_code == 200, answer.text
        answers += answer.json()["items"]
        if answer.json()["next"] is None:
            return answers
        cursor = {"cursor": answer.json()["next"]}


async def texts_of(world: World, **filters: Any) -> list[str]:
    """Only the texts of `listed`."""
    return [each["text"] for each in await listed(world, **filters)]
