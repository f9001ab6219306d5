"""The cost of a turn: at most eight SQL statements, whatever was said, on both databases."""

from __future__ import annotations

from asyncio import current_task
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from sqlalchemy import event

from api.channel import Hints, Incoming
from tests.consultations import every_kind, main_consultation, other_kinds, vote
from tests.world import World

MOST = 8
JOIN = ("hello", "2", "1", "3")
CONVERSATIONS = (
    (main_consultation, (*JOIN, "2", "retour", "1", "oui", "aide", "langue", "2", "passer", "une route", "merci")),
    (main_consultation, (*JOIN, "rien de cela", "STOP", "bonjour", "start", "1", "3", "non", "5", "x", "changer", "2")),
    (every_kind, (*JOIN, "oui", "1", "1, 3 et 4", "3 1 2", "Chefchaouen")),
    (other_kinds, (*JOIN, "3", "42", "de l'eau")),
    (partial(vote, "points", total=10), (*JOIN, "detail 4", "a9 b9", "A5 C3", "detail 2", "changer", "b10")),
    (partial(vote, "statements", sitting=2), (*JOIN, "1", "retour", "oui", "2", "2", "salam", "detail", "3", "non")),
    (partial(vote, "statements", options=2), (*JOIN, "oui", "non", "changer", "1", "terminé")),
)


@contextmanager
def counting(world: World) -> Iterator[list[str]]:
    """Collect the statements that this turn sends to the database while the block runs, without background jobs."""
    seen: list[str] = []
    turn = current_task()

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if current_task() is turn and not statement.startswith("BEGIN"):
            seen.append(statement)

    engine = world.db.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def costs(world: World, texts: tuple[str, ...]) -> dict[str, list[str]]:
    """The statements for each text of a second conversation, as contents are read once per process."""
    statements: dict[str, list[str]] = {}
    for _ in range(2):
        address = world.number()
        for number, text in enumerate(texts):
            words = Incoming(
                channel="sms",
                provider="twilio",
                address=address,
                text=text,
                external_id=f"{address}-{number}",
                received_at=world.now(),
                hints=Hints(latin=True),
            )
            with counting(world) as seen:
                await world.service.dialogue.handle(words, carried=True)
            statements[f"{number} {text}"] = seen
    return statements


async def test_no_turn_takes_more_than_eight_statements(quiet_world: World) -> None:
    await quiet_world.close("plan")
    for number, (consultation, texts) in enumerate(CONVERSATIONS):
        code = f"c{number}"
        await quiet_world.open({**consultation(), "code": code})
        for text, statements in (await costs(quiet_world, texts)).items():
            assert len(statements) <= MOST, (text, statements)
        await quiet_world.close(code)
