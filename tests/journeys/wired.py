"""People who do anything, like `DirectPerson`, but through the rehearsal, over real HTTP."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from api.channel import Choice, Reply
from api.conversations.models import Conversation
from api.outbox.write.replies import QueuedReply
from api.residents import service as residents
from tests.ballots import KEYRING
from tests.direct import DirectPerson

_CHOSEN = "✓ "
_WAYS_OUT = ("back", "skip", "done", "change")


@dataclass
class WiredPerson(DirectPerson):
    """One phone of the rehearsal. The choices are read where they would read them; for SMS, in the database."""

    async def _utter(self, text: str, key: str | None, external_id: str | None) -> list[QueuedReply]:
        self.replies = [Reply(each) for each in await self._exchange(text, key, external_id)]
        self.choices = await self._offered()
        self.keys += [choice.key for choice in self.choices]
        return []

    async def _exchange(self, text: str, key: str | None, external_id: str | None) -> list[str]:
        network = self.world.network
        if self.channel == "sms":
            return await network.phone(self.address).send(text, sid=external_id)
        user = network.telegram_user(int(self.address))
        before = len(user.messages)
        if key is None:
            await user.send(text)
        elif user.messages:
            await user.tap_on(user.last.message_id, key)
        await network.settled()
        return [message.text for message in user.messages[before:]]

    async def _offered(self) -> tuple[Choice, ...]:
        if self.channel == "telegram":
            messages = self.world.network.telegram_user(int(self.address)).messages
            buttons = [button for row in messages[-1].buttons for button in row] if messages else []
            return tuple(_choice(label, data) for label, data in buttons)
        async with self.world.db.transaction() as session:
            address = await residents.find_address(session, keyring=KEYRING, channel="sms", address=self.address)
            number = None if address is None else address.id
            offered = await session.scalar(select(Conversation.offered).where(Conversation.address_id == number))
        return tuple(Choice(shown.key, shown.label, action=shown.action) for shown in offered or ())


def _choice(label: str, data: str) -> Choice:
    way_out = data.rsplit(":", 1)[-1] in _WAYS_OUT
    return Choice(data, label.removeprefix(_CHOSEN), chosen=label.startswith(_CHOSEN), action=way_out)
