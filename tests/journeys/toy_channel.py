"""A whole channel in one file: lines of JSON over HTTP. It shows what adding a channel takes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fastapi import APIRouter
from pydantic import BaseModel

from api.channel import Choice, Incoming, Outgoing, Preview, SendResult, Trail, Untraceable
from api.clock import Clock
from api.dialogue.service import Dialogue


class Line(BaseModel):
    """One line that a person typed."""

    id: str
    who: str
    text: str


class ToyChannel:
    """Takes lines, answers in the same request, and records what the outbox sends."""

    name = "toy"

    def __init__(self, dialogue: Dialogue, clock: Clock) -> None:
        self._dialogue, self._clock = dialogue, clock
        self.sent: list[Outgoing] = []
        self.router = APIRouter()
        self.router.add_api_route("/toy", self.hear, methods=["POST"])

    async def hear(self, line: Line) -> list[str]:
        """Wire in, dialogue, wire out."""
        incoming = Incoming(
            channel=self.name,
            provider=self.name,
            address=line.who,
            text=line.text,
            external_id=line.id,
            received_at=self._clock(),
        )
        spoken = await self._dialogue.handle(incoming, carried=True)
        return [shown(each.reply.text, each.reply.choices) for each in spoken]

    async def send(self, message: Outgoing) -> SendResult:
        """Record what the outbox sends."""
        self.sent.append(message)
        return SendResult(external_id=str(len(self.sent)))

    async def trace(self, message: Outgoing, trail: Trail) -> SendResult | None:
        """Nobody can be asked later what arrived."""
        raise Untraceable("toy")

    def preview(self, text: str, choices: Sequence[Choice] = ()) -> Preview:
        """Everything is one segment."""
        return Preview(parts=1, encoding="toy", units=len(shown(text, choices)))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Nothing to keep open."""
        yield


def shown(text: str, choices: Sequence[Choice]) -> str:
    """Text and choices on one line."""
    return " | ".join([text, *(choice.label for choice in choices)])
