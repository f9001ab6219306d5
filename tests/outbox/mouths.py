"""A channel with scripted answers, and a deliverer of another process that uses it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from api.channel import Choice, Outgoing, Preview, SendError, SendResult
from api.db import Database
from api.outbox.worker.deliverer import Deliverer
from tests.world import World


class Mouth:
    """Returns or raises the scripted answers in turn, then accepts everything; `sent` is what it accepted."""

    name = "sms"

    def __init__(self, answers: Sequence[SendResult | SendError], *, parts: int = 1) -> None:
        self.answers, self._parts = list(answers), parts
        self.sent: list[Outgoing] = []

    async def send(self, message: Outgoing) -> SendResult:
        answer = self.answers.pop(0) if self.answers else SendResult(f"SM{message.delivery_id}")
        if isinstance(answer, SendError):
            raise answer
        self.sent.append(message)
        return answer

    def preview(self, text: str, choices: Sequence[Choice] = ()) -> Preview:
        return Preview(parts=self._parts, encoding="GSM-7", units=len(text))


class SlowMouth(Mouth):
    """A channel whose provider answers when the test says so."""

    def __init__(self) -> None:
        super().__init__([])
        self.asked, self.answer = asyncio.Event(), asyncio.Event()
        self.waiting = 0

    async def send(self, message: Outgoing) -> SendResult:
        self.waiting += 1
        self.asked.set()
        await self.answer.wait()
        self.waiting -= 1
        return await super().send(message)


def deliverer(world: World, mouth: Mouth, *, db: Database | None = None, **changed: Any) -> Deliverer:
    """A deliverer as another process would run it."""
    means = replace(world.service.means, db=db or world.db, **changed)
    return Deliverer(mouth, means.roads.of(mouth.name)[0], means)
