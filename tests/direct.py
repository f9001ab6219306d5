"""People who talk directly to the dialogue: faster than a wire, and able to send what no phone would."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sqlalchemy import select
from telegram import ReplyKeyboardMarkup

from api.channel import Choice, Hints, Incoming, Reply
from api.consultations import content
from api.consultations.content import QuestionContent
from api.consultations.models import Consultation
from api.dialogue.service import Dialogue
from api.outbox.write.replies import QueuedReply
from bot.render import keyboard
from sms.text import render_sms
from tests.world import World

PROVIDERS = {"sms": "twilio", "telegram": "telegram"}
_ids = count(1)


def new_id() -> str:
    """An unused message id."""
    return f"direct-{next(_ids)}"


@dataclass
class DirectPerson:
    """A person at one address of one channel; `keys` are all choices ever offered, `choices` the present ones."""

    world: World = field(repr=False)
    channel: str
    address: str
    dialogue: Dialogue = field(repr=False)
    keys: list[str] = field(default_factory=list)
    choices: tuple[Choice, ...] = ()
    replies: list[Reply] = field(default_factory=list)

    @classmethod
    def new(cls, world: World, channel: str, dialogue: Dialogue | None = None) -> DirectPerson:
        """A person unknown to the service."""
        address = world.number() if channel == "sms" else str(world.chat())
        return cls(world, channel, address, dialogue or world.service.dialogue)

    async def say(self, text: str, *, external_id: str | None = None, **more: Any) -> list[QueuedReply]:
        """Send a text; `more` are further fields of `Incoming`."""
        return await self._utter(text, None, external_id, **more)

    async def tap(self, key: str, *, external_id: str | None = None) -> list[QueuedReply]:
        """Tap a button with this key, whether or not it exists."""
        return await self._utter("", key, external_id)

    async def share(self, number: str) -> list[QueuedReply]:
        """Share their own number through the app."""
        return await self._utter("", None, None, contact=number)

    async def take(self, choice: Choice) -> None:
        """Take an offered choice: by its number or word on a feature phone, by a tap on Telegram."""
        if self.channel == "telegram":
            await self.tap(choice.key)
            return
        answers = [each for each in self.choices if not each.action]
        await self.say(choice.label if choice.action else str(answers.index(choice) + 1))

    @property
    def heard(self) -> str:
        """All replies of the latest turn."""
        return "\n".join(reply.text for reply in self.replies)

    def words(self, message: str, language: str = "fr", **values: object) -> str:
        """A message of the catalog, as the dialogue says it."""
        return self.dialogue.context.catalogs.voice(language, latin=self.channel == "sms")(message, **values)

    async def _utter(self, text: str, key: str | None, external_id: str | None, **more: Any) -> list[QueuedReply]:
        sms = self.channel == "sms"
        incoming = Incoming(
            channel=self.channel,
            provider=PROVIDERS[self.channel],
            address=self.address,
            text=text,
            choice=key,
            external_id=external_id or new_id(),
            received_at=self.world.now(),
            hints=Hints(latin=sms, contact=not sms, repeats=sms, ticks=not sms),
            **more,
        )
        spoken = await self.dialogue.handle(incoming, carried=self.channel == "sms")
        self.replies = [each.reply for each in spoken]
        for reply in self.replies:
            fits(self.channel, reply)
            self.choices = reply.choices
            self.keys += [choice.key for choice in reply.choices]
        return spoken


def fits(channel: str, reply: Reply) -> None:
    """Assert that a reply fits its channel; only new choices below an old message have no text."""
    assert reply.text.strip() or reply.replaces
    keys = [choice.key for choice in reply.choices]
    assert len(set(keys)) == len(keys)
    if channel == "sms":
        assert 0 < len(render_sms(reply.text, reply.choices)) <= 1600
        return
    markup = keyboard(reply.choices)
    if isinstance(markup, ReplyKeyboardMarkup):
        assert all(len(button.text) >= 1 for row in markup.keyboard for button in row)
        return
    buttons = [button for row in markup.inline_keyboard for button in row] if markup else []
    assert [str(button.callback_data) for button in buttons if not button.text.strip()] == []
    assert all(1 <= len(str(button.callback_data).encode()) <= 64 for button in buttons)
    assert len(buttons) == len(keys)


async def questions_of(world: World) -> dict[str, QuestionContent]:
    """All questions of all consultations, oldest first, by the id that choice keys contain."""
    async with world.db.transaction() as session:
        numbers = list(await session.scalars(select(Consultation.id).order_by(Consultation.id)))
        questions = [each for number in numbers for each in await content.read(session, consultation_id=number)]
    return {str(question.id): question for question in questions}
