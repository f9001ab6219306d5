"""A table of every kind of request that we send to Twilio, with its outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from api.channel import Choice, Outgoing, SendError, SendResult, StoredMessage, Throttled, Trail
from sms.channel import SmsChannel

NUMBER, NAME, SERVICE = "+212600000099", "SAWT", f"MG{'a' * 32}"
PHONE, KEPT = "+212600000001", "+212600000002"
FRENCH = "Région : l'eau à Tata, où & quand ? 50 % + 1 = oui; répondez 1 ou 2.\nMerci d'avance"
GSM = "L'été, la piscine est ouverte aux élèves. "
ARABIC = "سلام، ما رأيك في ماء الشرب؟ أجب 1 أو 2"
TIFINAGH = "ⴰⵣⵓⵍ ⴼⵍⵍⴰⵡⵏ, ⵎⴰ ⵜⵔⵉⵎ?"
CHOICES = (Choice("a", "Eau"), Choice("b", "École"), Choice("back", "Retour", action=True))


class Call(NamedTuple):
    """A request to Twilio and its sender; `lost` if no response will come.

    Everything is settled before the next call, so a call that reads a message (`KEPT`) finds it delivered.
    """

    sender: str
    do: Callable[[SmsChannel], Awaitable[Any]]
    lost: bool = False


def find(text: str, *, to: str, year: int = 2026) -> Callable[[SmsChannel], Awaitable[Any]]:
    """Ask whether this text was accepted since the beginning of a year."""
    message = Outgoing(delivery_id=900_000_001, address=to, text=text)
    return lambda channel: channel.trace(message, Trail(since=datetime(year, 1, 1, tzinfo=UTC)))


def say(text: str, *, to: str = PHONE, choices: tuple[Choice, ...] = ()) -> Callable[[SmsChannel], Awaitable[Any]]:
    """Send this text."""
    return lambda channel: channel.send(Outgoing(delivery_id=900_000_001, address=to, text=text, choices=choices))


def forget(sid: str, *, of: str = "") -> Callable[[SmsChannel], Awaitable[Any]]:
    """Delete a message: the one with this id, or the text sent to a number."""

    async def do(channel: SmsChannel) -> Any:
        receipt = await find("Bonjour", to=of)(channel) if of else None
        external_id = receipt.external_id if receipt is not None else sid
        return await channel.forget(StoredMessage("twilio", external_id, PHONE, datetime(2026, 1, 1, tzinfo=UTC)))

    return do


def refused(suffix: str, *, lost: bool = False) -> Call:
    """Send to a magic number of the rehearsal network (rehearsal/twilio/codes.py)."""
    return Call(NUMBER, say("Bonjour", to=f"+2126000099{suffix}"), lost)


CALLS = {
    "French from a number": Call(NUMBER, say(FRENCH)),
    "French from a name": Call(NAME, say(FRENCH)),
    "French through a Messaging Service": Call(SERVICE, say(FRENCH)),
    "choices": Call(NUMBER, say("Que faut-il d'abord ?", choices=CHOICES)),
    "Arabic": Call(NUMBER, say(ARABIC)),
    "Arabic from a name": Call(NAME, say(ARABIC)),
    "Arabic through a Messaging Service": Call(SERVICE, say(ARABIC)),
    "Tifinagh": Call(NUMBER, say(TIFINAGH)),
    "letters beyond the basic plane": Call(NUMBER, say("Merci \U0001f44d\U0001f3fd")),
    "several parts, GSM-7": Call(NUMBER, say(GSM * 10)),
    "several parts, UCS-2": Call(NUMBER, say(ARABIC * 5)),
    "the longest, GSM-7": Call(NUMBER, say("é" * 1600)),
    "the longest, UCS-2": Call(NUMBER, say("م" * 1600)),
    "a text to find again": Call(NUMBER, say("Bonjour", to=KEPT)),
    "found again": Call(NUMBER, find("Bonjour", to=KEPT)),
    "not found": Call(NUMBER, find("Bonsoir", to=KEPT, year=2999)),
    "deleted": Call(NUMBER, forget("", of=KEPT)),
    "deleted already": Call(NUMBER, forget("SM" + "f" * 32)),
    "too long": Call(NUMBER, say("é" * 1601)),
    "a number that is none": refused("01"),
    "a landline": refused("03"),
    "a country not allowed": refused("06"),
    "a person who left": refused("07"),
    "a full queue": refused("08"),
    "throttled": refused("10"),
    "broken": refused("11"),
    "a wrong token": refused("12"),
    "unavailable": refused("13"),
    "an answer lost": refused("50", lost=True),
}


async def outcome(call: Call, channel: SmsChannel) -> str:
    """Make a call; returns its outcome without the provider's id."""
    try:
        came = await asyncio.wait_for(call.do(channel), 30)
    except Throttled as error:
        return f"Throttled {error.reason}, again after {error.retry_after:g} s"
    except SendError as error:
        return f"{type(error).__name__} {error.reason}"
    return f"SendResult for {came.parts}" if isinstance(came, SendResult) else str(came)
