"""A process that logs everything while residents talk and much fails: `python -m tests.talkative URL FILE`.

It writes to FILE, as JSON, what its log must not contain.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import text

from api.channel import Choice, Outgoing, Preview, SendResult
from api.outbox.worker.deliverer import Deliverer
from api.runtime import logs
from tests.bot.updates import SECRET, message, number_of, post, tap, update
from tests.consultations import main_consultation
from tests.outage import outage
from tests.people import SmsPerson, TelegramPerson, joined
from tests.sms.test_twilio_webhook import INBOUND, signed, text_from
from tests.wire.checker import WireChecker
from tests.world import World, living

WORDS = ("un puits profond", "chocolat", "Untel de Larache")
STATUS = "/sms/twilio/status?delivery=1"
SAYING = "texte plan"  # the consultations' title, which is in outgoing messages


class Clumsy:
    """A fake channel whose error contains all it knows."""

    name = "telegram"

    def preview(self, text: str, choices: Sequence[Choice] = ()) -> Preview:
        return Preview(parts=1, encoding="", units=len(text))

    async def send(self, message: Outgoing) -> SendResult:
        raise RuntimeError(f"cannot send {message.text} to {message.address}")


async def talk(world: World) -> list[str]:
    """Play journeys and failures; returns the addresses of the people."""
    sms = [await joined(world, "sms", "fr") for _ in range(2)]
    telegram = [await joined(world, "telegram", "fr") for _ in range(2)]
    for person in (*sms, *telegram):
        for place in (1, 1, 4):
            await person.pick(place)
        await person.say(WORDS[0])
        await person.say(WORDS[2])
    phones = [person for person in sms if isinstance(person, SmsPerson)]
    people = [person for person in telegram if isinstance(person, TelegramPerson)]
    await outside(world, phones[0], people[0])
    await outward(world, people[1])
    await inside(world, phones[1], people[1])
    return [phone.phone.number.removeprefix("+212") for phone in phones] + [str(number_of(one)) for one in people]


async def outside(world: World, phone: SmsPerson, person: TelegramPerson) -> None:
    """Send wrong requests."""
    form = {**text_from(world, WORDS[1], "SM" + "1" * 32), "From": phone.phone.number}
    await world.http.post(INBOUND, data=form)
    words = message(number_of(person), text=WORDS[1])
    await post(world, update(message=words), secret="wrong")
    await post(world, b'{"message": "chocolat"')
    await post(world, update(message={**words, "date": WORDS[1]}))
    await post(world, update(message={**words, "chat": None}))
    await post(world, tap(number_of(person), 1, WORDS[1]))
    report = {"MessageSid": "SM" + "2" * 32, "To": phone.phone.number, "MessageStatus": WORDS[1]}
    await world.http.post(STATUS, data=report)
    await world.http.post(STATUS, **signed(world, report, STATUS))
    async with outage(world):
        await world.http.post(INBOUND, **signed(world, form))
        await world.http.post(STATUS, **signed(world, {**report, "MessageStatus": "delivered"}, STATUS))
        await post(world, update(message=words))


async def outward(world: World, person: TelegramPerson) -> None:
    """Send messages that do not arrive."""
    for digits in ("01", "07", "10", "11", "12"):
        stranger = world.network.phone(f"+2126000099{digits}")
        for words in ("hello", "2", "1", "3"):
            await stranger.send(words)
    await world.open({**main_consultation(), "code": "second"})
    await world.invite("second")
    world.network.telegram.fail_next = world.network.telegram.throttle_next = 1
    world.network.twilio.lose_next = 1
    await world.deliver()
    assert world.network.telegram.throttle_next == world.network.twilio.lose_next == 0
    deliverer = Deliverer(Clumsy(), world.service.means.roads.of("telegram")[0], world.service.means)
    world.network.telegram.fail_next = 2
    await person.say(WORDS[1])
    world.now.advance(hours=1)
    await deliverer.once()
    world.network.telegram.clear()
    world.network.twilio.clear()


async def inside(world: World, phone: SmsPerson, person: TelegramPerson) -> None:
    """Fail in the middle of a turn: an impossible row, a missing table."""
    async with world.db.transaction() as session:
        await session.execute(text("UPDATE conversations SET step = 'nowhere'"))
    await phone.say(WORDS[1])
    await post(world, update(message=message(number_of(person), text=WORDS[1])))
    await world.close("second")
    writer, other = [await joined(world, channel, "fr") for channel in ("sms", "telegram")]
    assert isinstance(other, TelegramPerson)
    for _ in range(3):
        await writer.pick(1)
        await other.pick(1)
    async with world.db.transaction() as session:
        await session.execute(text("ALTER TABLE answers RENAME TO lost"))
    await writer.say(WORDS[1])
    await post(world, update(message=message(number_of(other), text=WORDS[1])))


async def main(url: str) -> list[str]:
    """Talk; returns what the log must not contain."""
    logs.configure("DEBUG")
    async with living(url, WireChecker(None, None), telegram_secret=SecretStr(SECRET)) as world:
        addresses = await talk(world)
    return [*addresses, "6000099", *WORDS, SAYING]


if __name__ == "__main__":
    secrets = asyncio.run(main(sys.argv[1]))
    Path(sys.argv[2]).write_text(json.dumps(secrets), encoding="utf-8")
