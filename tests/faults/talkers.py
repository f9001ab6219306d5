"""Residents who keep trying while the service dies: the same gestures, whatever happens to it."""

from __future__ import annotations

import re
import secrets
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import func, select

from api.outbox.models import Delivery
from api.outbox.states import DeliveryState
from api.residents import service as residents
from api.security.crypto import Keyring
from rehearsal.activity import NotSettledError
from rehearsal.telegram.chat import ChatMessage
from tests.faults.rig import Rig
from tests.people import FIRST, SmsPerson, TelegramPerson
from tests.world import KEYS

RECEIPT = re.compile(r"\b[2-9A-HJ-NP-TV-Z]{8}\b")
# What identifies the messages of the journey in any wording: a button's data, or a question's number.
LANGUAGE, CONSENT, PROVINCE, QUESTIONS, END = "lang:", "consent:", "prov:", ("1/4", "2/4", "3/4", "4/4"), "home:"
_WAYS_OUT = (":back", ":skip", ":done")
_LONG = 120.0  # seconds after which a test gives up
_PATIENCE = 3.0  # seconds before a person checks whether they were forgotten
_TRIES = 12

Answers = Counter[tuple[int, int]]  # (question, option), from 1; a text is option 0


@dataclass
class Book:
    """Everything that was said, and what of it was acknowledged to a provider."""

    said: Answers = field(default_factory=Counter)
    acknowledged: Answers = field(default_factory=Counter)

    @contextmanager
    def answer(self, question: int, place: int) -> Iterator[None]:
        """Answer three questions with these options and the fourth in words, waiting for each next one."""
        self.said[question, place] += 1
        yield
        self.acknowledged[question, place] += 1


class Texter(SmsPerson):
    """Someone with a feature phone. The provider repeats a message under its id until it is answered."""

    def __init__(self, rig: Rig, language: str) -> None:
        super().__init__(rig.world, language)
        self._service = rig.service
        self.turns: list[tuple[str, str, list[str]]] = []  # id, text, answers

    async def say(self, text: str) -> None:
        sid = f"SM{secrets.token_hex(16)}"
        for _ in range(_TRIES):
            await self._service.up.wait()
            if answers := await self.phone.send(text, sid=sid):
                self.turns.append((sid, text, answers))
                return
        raise AssertionError("an SMS stays without an answer, however often its provider repeats it")

    async def pick(self, place: int) -> None:
        await self.say(str(place))

    async def hears(self, mark: str) -> None:
        """Check that the expected message was received, as far as it can be told without buttons."""
        assert mark.endswith(":") or mark in self.heard

    @property
    def receipts(self) -> set[str]:
        return set(RECEIPT.findall(self.heard))


class Chatter(TelegramPerson):
    """Someone with Telegram. If left without a reply because it is unsure, they ask for help."""

    def __init__(self, rig: Rig, language: str) -> None:
        super().__init__(rig.world, language)
        self._world, self._mark, self._asked = rig.world, LANGUAGE, 0

    async def say(self, text: str) -> None:
        await self.user.send(text, wait=False)
        await self.accepted()

    async def pick(self, place: int) -> None:
        await self.tap(place)
        await self.accepted()

    async def tap(self, place: int) -> None:
        """Tap the option at this place without waiting."""
        message = self._newest()
        assert message is not None
        answers = [data for row in message.buttons for _, data in row if not data.endswith(_WAYS_OUT)]
        await self.user.tap_on(message.message_id, answers[place - 1], wait=False)

    async def accepted(self) -> None:
        """Wait until Telegram has nothing of theirs left to deliver."""
        waiting, me = self.network.bot.updates.chats, self.user.profile.id
        await self.network.activity.until(
            lambda: me not in waiting, seconds=_LONG, describe=lambda: f"updates of {me} that nobody took"
        )

    async def hears(self, mark: str) -> None:
        """Wait for this message, from the process that heard them or from the outbox of a later one."""
        self._mark = mark
        for _ in range(_TRIES):
            if await self._comes():
                return
            if await self._unsure() > self._asked:
                self._asked += 1
                await self.say("aide")
        raise AssertionError(f"the message with {mark} never came, and is not marked as unsure")

    @property
    def receipts(self) -> set[str]:
        return set(RECEIPT.findall(" ".join(message.text for message in self.user.messages)))

    def _newest(self) -> ChatMessage | None:
        """The newest message with the mark: the very newest may be an older one, repeated."""
        marked = (message for message in reversed(self.user.messages) if self._is_marked(message))
        return next(marked, None)

    def _is_marked(self, message: ChatMessage) -> bool:
        data = [data for row in message.buttons for _, data in row]
        return self._mark in message.text or any(each.startswith(self._mark) for each in data)

    async def _comes(self) -> bool:
        try:
            await self.network.activity.until(
                lambda: self._newest() is not None, seconds=_PATIENCE, describe=lambda: self._mark
            )
        except NotSettledError:
            return False
        return True

    async def _unsure(self) -> int:
        async with self._world.db.transaction() as session:
            address = await residents.find_address(
                session, keyring=Keyring.parse(KEYS), channel=self.channel, address=str(self.user.profile.id)
            )
            assert address is not None
            conditions = (Delivery.address_id == address.id, Delivery.state == DeliveryState.UNSURE)
            return await session.scalar(select(func.count()).select_from(Delivery).where(*conditions)) or 0


async def join(person: Texter | Chatter) -> None:
    """Choose a language, agree, name the third province, and read the first question."""
    await person.say("hello")
    await person.hears(LANGUAGE)
    for place, mark in ((FIRST[person.language], CONSENT), (1, PROVINCE), (3, QUESTIONS[0])):
        await person.pick(place)
        await person.hears(mark)


async def answer(person: Texter | Chatter, places: Sequence[int], book: Book) -> None:
    """Answer three questions by these places and the fourth in words, hearing each next one."""
    for question, (place, mark) in enumerate(zip(places, QUESTIONS[1:], strict=True), start=1):
        with book.answer(question, place):
            await person.pick(place)
        await person.hears(mark)
    with book.answer(4, 0):
        await person.say("الماء / l'eau / ⴰⵎⴰⵏ")
    await person.hears(END)
