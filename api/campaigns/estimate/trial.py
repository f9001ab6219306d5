"""Test sends: a campaign's very text to a phone of the staff, marked as a test, by the road the campaign would take."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import service
from api.campaigns.audience.selection import CHANNELS
from api.campaigns.context import Kit
from api.campaigns.models import Campaign
from api.campaigns.rendering import Spoken, spoken
from api.channel import Reply
from api.consultations.models import Consultation
from api.outbox.write import test_messages
from api.outbox.write.replies import REPLY
from api.outbox.write.test_messages import Phone
from api.routing import phones
from api.security.crypto import Keyring
from api.strict_model import StrictModel


class TestIn(StrictModel):
    """Whom to send a test, on which channel and in which language; what is left out is as the campaign would do it."""

    __test__ = False  # no test of ours, whatever pytest makes of its name

    to: str = Field(max_length=40, description="a mobile number: +212 and nine digits")
    channel: Literal["sms", "telegram"] | None = Field(None, description="Telegram where its owner has it, else SMS")
    language: Literal["ar", "fr", "zgh"] | None = Field(None, description="all three, each a message, by default")


class TestOut(BaseModel):
    """One test message that was queued."""

    __test__ = False

    delivery: int
    language: str
    channel: str
    road: str
    parts: int = Field(description="SMS segments, those of the mark included")


async def send_test(
    session: AsyncSession, campaign_id: int, given: TestIn, *, who: str, kit: Kit, keyring: Keyring, now: datetime
) -> list[TestOut]:
    """Queue a test in each language, and record who did it.

    Raises NotFound, Invalid where the number is none, Conflict where its owner said STOP, Untranslated.
    """
    campaign = await service.get(session, campaign_id)
    number = phones.read(given.to, kit.rules.region)
    usual = kit.rules.roads.of("sms")[0].name
    phone = await test_messages.phone(session, number, keyring=keyring, road=usual, now=now)
    channel = given.channel or _usual(phone)
    texts = await _texts(session, campaign, phone, channel, kit=kit)
    wanted = [each for each in texts if given.language in (None, each.language)]
    sent = [await _send(session, campaign, each, phone, channel, kit=kit, keyring=keyring, now=now) for each in wanted]
    await service.note(session, campaign, "test", who=who, now=now)
    return sent


def _usual(phone: Phone) -> str:
    """The channel the campaign would choose."""
    return next(name for name in CHANNELS if name == "sms" or phone.telegram is not None)


async def _texts(session: AsyncSession, campaign: Campaign, phone: Phone, channel: str, *, kit: Kit) -> list[Spoken]:
    """One text of each language, in the script that this phone's owner reads, or else is usual on the channel."""
    number = campaign.consultation_id
    consultation = await session.get(Consultation, number) if number is not None else None
    owner = phone.resident
    latin = owner.latin if owner.language == "zgh" else channel == "sms"
    found = await spoken(session, campaign, consultation, kit=kit)
    whole = max(each.variant for each in found)  # of a campaign in parts, all of them
    return [each for each in found if each.variant == whole and (each.language != "zgh" or each.latin == latin)]


async def _send(
    session: AsyncSession,
    campaign: Campaign,
    each: Spoken,
    phone: Phone,
    channel: str,
    *,
    kit: Kit,
    keyring: Keyring,
    now: datetime,
) -> TestOut:
    to = phone.on(channel)
    road = kit.rules.roads.pick(
        channel, purpose=campaign.purpose, priority="campaign", prefix=to.prefix, who=to.resident_id
    )
    text = f"{mark(kit, each.language, latin=each.latin)}\n{each.on(channel)}"
    number = await test_messages.write(
        session, Reply(text, each.choices), keyring=keyring, to=to, road=road, priority=REPLY, now=now
    )
    parts = kit.parts(channel, text, each.choices)
    return TestOut(delivery=number, language=each.language, channel=channel, road=road, parts=parts)


def mark(kit: Kit, language: str, *, latin: bool = False) -> str:
    """What stands before every test, so that nobody takes it for a real message."""
    voice = kit.catalogs.voice(language, latin=latin)
    return voice("test.mark")
