"""Send a campaign's real text, marked as a test, to a phone of the staff, by the route that the campaign would use."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import service
from api.campaigns.audience.selection import CHANNELS
from api.campaigns.context import CampaignContext
from api.campaigns.estimate.schemas import TestIn, TestOut
from api.campaigns.models import Campaign
from api.campaigns.rendering import RenderedText, rendered
from api.channel import Reply
from api.consultations.models import Consultation
from api.outbox.write import test_messages
from api.outbox.write.replies import REPLY
from api.outbox.write.test_messages import Phone
from api.routing import phones
from api.security.crypto import Keyring


async def send_test(
    session: AsyncSession,
    campaign_id: int,
    data: TestIn,
    *,
    who: str,
    kit: CampaignContext,
    keyring: Keyring,
    now: datetime,
) -> list[TestOut]:
    """Queue a test message in the chosen language, or one in each language, and record who did so.

    Raises NotFound, Invalid for a bad number, Conflict if the number's owner said STOP, or Untranslated.
    """
    campaign = await service.get(session, campaign_id)
    number = phones.read(data.to, kit.rules.region)
    usual = kit.rules.roads.of("sms")[0].name
    phone = await test_messages.find_phone(session, number, keyring=keyring, road=usual, now=now)
    channel = data.channel or _usual(phone)
    texts = await _texts(session, campaign, phone, channel, data.language, kit=kit)
    tests = [await _send(session, campaign, each, phone, channel, kit=kit, keyring=keyring, now=now) for each in texts]
    await service.note(session, campaign, "test", who=who, now=now)
    return tests


def _usual(phone: Phone) -> str:
    """Return the channel on which the campaign would reach this phone."""
    return next(name for name in CHANNELS if name == "sms" or phone.telegram is not None)


async def _texts(
    session: AsyncSession, campaign: Campaign, phone: Phone, channel: str, language: str | None, *, kit: CampaignContext
) -> list[RenderedText]:
    """Return the texts to send: one in this language, or one in each if `language` is None."""
    consultation_id = campaign.consultation_id
    consultation = await session.get(Consultation, consultation_id) if consultation_id is not None else None
    owner = phone.resident
    # Tamazight: the script that the owner reads or, if unknown, the usual one of the channel
    latin = owner.latin if owner.language == "zgh" else channel == "sms"
    texts = await rendered(session, campaign, consultation, kit=kit)
    texts = [each for each in texts if language in (None, each.language)]
    full_variant = max(each.variant for each in texts)  # all parts, if it has parts
    return [each for each in texts if each.variant == full_variant and (each.language != "zgh" or each.latin == latin)]


async def _send(
    session: AsyncSession,
    campaign: Campaign,
    each: RenderedText,
    phone: Phone,
    channel: str,
    *,
    kit: CampaignContext,
    keyring: Keyring,
    now: datetime,
) -> TestOut:
    to = phone.on(channel)
    road = kit.rules.roads.pick(
        channel, purpose=campaign.purpose, priority="campaign", prefix=to.prefix, who=to.resident_id
    )
    text = f"{mark(kit, each.language, latin=each.latin)}\n{each.on(channel)}"
    delivery_id = await test_messages.queue(
        session, Reply(text, each.choices), keyring=keyring, to=to, road=road, priority=REPLY, now=now
    )
    parts = kit.parts(channel, text, each.choices)
    return TestOut(delivery=delivery_id, language=each.language, channel=channel, road=road, parts=parts)


def mark(kit: CampaignContext, language: str, *, latin: bool = False) -> str:
    """Return the words that precede every test message, so that nobody mistakes it for a real one."""
    voice = kit.catalogs.voice(language, latin=latin)
    return voice("test.mark")
