"""Staff actions on ideas and proposals over the JSON API for tests, and what authors were told."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from api.clock import MOROCCO
from api.outbox import payload
from api.outbox.models import Delivery
from api.outbox.write.replies import NOTICE
from api.proposals.ideas import intake
from api.residents.models import Resident
from tests.api.office import call
from tests.campaigns.crowd import resident
from tests.consultations import words
from tests.world import KEYRING, World


async def post(world: World, path: str, *, who: str = "amina", **body: Any) -> dict[str, Any]:
    """Take a step that must succeed; return the answer."""
    answer = await call(world, "POST", f"/v1/{path}", json=body, who=who)
    assert answer.status_code in (200, 201), answer.text
    result: dict[str, Any] = answer.json()
    return result


async def refused(world: World, path: str, **body: Any) -> int:
    """Take a step that must be refused; return the status."""
    answer = await call(world, "POST", f"/v1/{path}", json=body)
    assert answer.status_code >= 400, answer.text
    return answer.status_code


async def get(world: World, path: str) -> Any:
    answer = await call(world, "GET", f"/v1/{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def idea(world: World, author: int, text: str = "un puits pour le douar", *, theme: str = "water") -> int:
    """Submit an idea of this resident; return its number."""
    async with world.db.transaction() as session:
        resident = await session.get_one(Resident, author)
        row = await intake.submit(
            session, resident, text=text, theme=theme, province="01.571", channel="sms", most=3, now=world.now()
        )
        return row.id


def draft(code: str, *numbers: int, **changed: Any) -> dict[str, Any]:
    """Return the body of a proposal made of these ideas."""
    return {
        "code": code,
        "title": words(code),
        "text": words("long"),
        "theme": "water",
        "province": "01.571",
        "ideas": list(numbers),
        **changed,
    }


async def published(world: World, *codes: str, author: int | None = None, **changed: Any) -> list[int]:
    """Publish proposals with these codes, each made of an idea of its own; return their numbers."""
    numbers = []
    for code in codes:
        author = author or await resident(world)
        number = await idea(world, author)
        await post(world, f"ideas/{number}/read")
        numbers.append((await post(world, "proposals", **draft(code, number, **changed)))["number"])
        await post(world, f"proposals/{code}/publish")
    return numbers


def by_day(world: World) -> None:
    """Advance to 10:00 on the next day that is not a Friday."""
    now = world.now().astimezone(MOROCCO)
    world.now.advance(seconds=(34 - now.hour) * 3600 - now.minute * 60 - now.second)
    if world.now().astimezone(MOROCCO).weekday() == 4:
        world.now.advance(days=1)


async def told(world: World, author: int) -> list[str]:
    """Return the notifications to a resident, the oldest first."""
    async with world.db.transaction() as session:
        rows = await session.scalars(
            select(Delivery).where(Delivery.resident_id == author, Delivery.priority == NOTICE).order_by(Delivery.id)
        )
        return [payload.unseal(KEYRING, row.sealed).text for row in rows if row.sealed is not None]
