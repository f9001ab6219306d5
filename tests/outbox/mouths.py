"""A channel that answers what a test wants, and a deliverer of its own process that speaks through it."""

from __future__ import annotations

from collections.abc import Sequence

from api.channel import Choice, Outgoing, Preview, Receipt, SendError
from api.db import Database
from api.outbox.loop import Deliverer
from tests.world import KEYRING, World


class Mouth:
    """Gives the answers in turn, then takes everything; `sent` is what it took."""

    name = "sms"

    def __init__(self, answers: Sequence[Receipt | SendError], *, parts: int = 1) -> None:
        self._answers, self._parts = list(answers), parts
        self.sent: list[Outgoing] = []

    async def send(self, message: Outgoing) -> Receipt:
        answer = self._answers.pop(0) if self._answers else Receipt(f"SM{message.delivery_id}")
        if isinstance(answer, SendError):
            raise answer
        self.sent.append(message)
        return answer

    def preview(self, text: str, choices: Sequence[Choice] = ()) -> Preview:
        return Preview(parts=self._parts, encoding="GSM-7", units=len(text))


def deliverer(world: World, mouth: Mouth, *, db: Database | None = None) -> Deliverer:
    """Another process that delivers."""
    return Deliverer(mouth, db=db or world.db, keyring=KEYRING, settings=world.settings, clock=world.now)
