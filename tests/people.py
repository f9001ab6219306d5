"""Residents in tests: the same few gestures on a feature phone and on Telegram."""

from __future__ import annotations

from typing import Protocol

from api.i18n import Voice
from rehearsal.network import Network
from sawt.compose import catalogs
from sms.text import plain_sms
from tests.seating import FIRST, seat
from tests.world import World

_CATALOGS = catalogs()


class Person(Protocol):
    """A resident's gestures. Each returns once it was answered."""

    language: str
    channel: str
    address: str

    async def say(self, text: str) -> None:
        """Send a text."""
        ...

    async def pick(self, place: int) -> None:
        """Choose the option at this place; the first is 1."""
        ...

    async def way(self, name: str) -> None:
        """Use a button beside the options: back, skip, done or change."""
        ...

    @property
    def heard(self) -> str:
        """The latest message they received."""
        ...

    @property
    def count(self) -> int:
        """The number of messages they received."""
        ...

    def words(self, message: str, **values: object) -> str:
        """A message of the catalog, as this person reads it."""
        ...

    def words_of(self, text: dict[str, str]) -> str:
        """A text in three languages, as this person reads it."""
        ...


class SmsPerson:
    """A resident with a feature phone."""

    channel = "sms"

    def __init__(self, world: World, language: str) -> None:
        self.language = language
        self._voice = _voice(language, latin=True)
        self.address = world.number()
        self.network, self.phone = world.network, world.network.phone(self.address)

    async def say(self, text: str) -> None:
        await self.phone.send(text)

    async def pick(self, place: int) -> None:
        await self.phone.send(str(place))

    async def way(self, name: str) -> None:
        await self.phone.send(self.words(f"word.{name}"))

    @property
    def heard(self) -> str:
        return self.phone.last

    @property
    def count(self) -> int:
        return len(self.phone.inbox)

    def words(self, message: str, **values: object) -> str:
        return plain_sms(self._voice(message, **values))

    def words_of(self, text: dict[str, str]) -> str:
        return plain_sms(self._voice.pick(text))


class TelegramPerson:
    """A resident with Telegram."""

    channel = "telegram"

    def __init__(self, world: World, language: str) -> None:
        self.language = language
        self._voice = _voice(language, latin=False)
        self.network: Network = world.network
        chat = world.chat()
        self.address = str(chat)
        self.user = self.network.telegram_user(chat, language_code=language)

    async def say(self, text: str) -> None:
        await self.user.send(text)
        await self.network.settled()

    async def pick(self, place: int) -> None:
        buttons = [button for row in self.user.last.buttons for button in row if not _is_way_out(button[1])]
        await self._tap(buttons[place - 1][1])

    async def way(self, name: str) -> None:
        buttons = [button for row in self.user.last.buttons for button in row]
        await self._tap(next(data for _, data in buttons if data.endswith(f":{name}")))

    async def _tap(self, data: str) -> None:
        await self.user.tap_on(self.user.last.message_id, data)
        await self.network.settled()

    @property
    def heard(self) -> str:
        return self.user.last.text

    @property
    def count(self) -> int:
        return len(self.user.messages)

    def words(self, message: str, **values: object) -> str:
        return self._voice(message, **values)

    def words_of(self, text: dict[str, str]) -> str:
        return self._voice.pick(text)


PEOPLE = {"sms": SmsPerson, "telegram": TelegramPerson}


async def joined(world: World, channel: str, language: str) -> Person:
    """A resident who chose a language, consented, named the third province, and now has the first question."""
    person: Person = PEOPLE[channel](world, language)
    await seat(world, channel, person.address, language)
    await person.say("3")
    return person


async def joined_by_words(world: World, channel: str, language: str) -> Person:
    """The same, with every step over the wire."""
    person: Person = PEOPLE[channel](world, language)
    await person.say("hello")
    await person.pick(FIRST[language])
    await person.pick(1)
    await person.pick(3)
    return person


def _voice(language: str, *, latin: bool) -> Voice:
    return _CATALOGS.voice(language, latin=latin and language == "zgh")


def _is_way_out(data: str) -> bool:
    return data.rsplit(":", 1)[-1] in ("back", "skip", "done", "change")
