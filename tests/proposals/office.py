"""What staff do with ideas and proposals over the JSON API, and what authors were told, as tests look at it."""

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


async def post(world: World, path: str, *, who: str = "amina", **given: Any) -> dict[str, Any]:
    """One step that goes well."""
    answer = await call(world, "POST", f"/v1/{path}", json=given, who=who)
    assert answer.status_code in (200, 201), answer.text
    found: dict[str, Any] = answer.json()
    return found


async def refused(world: World, path: str, **given: Any) -> int:
    """The status of a step that is refused."""
    answer = await call(world, "POST", f"/v1/{path}", json=given)
    assert answer.status_code >= 400, answer.text
    return answer.status_code


async def get(world: World, path: str) -> Any:
    answer = await call(world, "GET", f"/v1/{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def idea(world: World, author: int, text: str = "un puits pour le douar", *, theme: str = "water") -> int:
    """An idea of this resident; returns its number."""
    async with world.db.transaction() as session:
        resident = await session.get_one(Resident, author)
        made = await intake.submit(
            session, resident, text=text, theme=theme, province="01.571", channel="sms", most=3, now=world.now()
        )
        return made.id


def draft(code: str, *numbers: int, **changed: Any) -> dict[str, Any]:
    """A proposal to create out of these ideas."""
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
    """Published proposals of these codes, each of an idea of its own; returns their numbers."""
    numbers = []
    for code in codes:
        author = author or await resident(world)
        number = await idea(world, author)
        await post(world, f"ideas/{number}/read")
        numbers.append((await post(world, "proposals", **draft(code, number, **changed)))["number"])
        await post(world, f"proposals/{code}/publish")
    return numbers


def by_day(world: World) -> None:
    """Let it be ten in the morning, of the next day that is no Friday."""
    now = world.now().astimezone(MOROCCO)
    world.now.advance(seconds=(34 - now.hour) * 3600 - now.minute * 60 - now.second)
    if world.now().astimezone(MOROCCO).weekday() == 4:
        world.now.advance(days=1)


async def told(world: World, author: int) -> list[str]:
    """The notices of one resident, the oldest first."""
    async with world.db.transaction() as session:
        rows = await session.scalars(
            select(Delivery).where(Delivery.resident_id == author, Delivery.priority == NOTICE).order_by(Delivery.id)
        )
        return [payload.unseal(KEYRING, row.sealed).text for row in rows if row.sealed is not None]
