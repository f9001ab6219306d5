"""What staff do with drafts of consultations: see them as residents will, edit them, try them on a phone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api import audit
from api.authoring import preview
from api.authoring.schemas import ConsultationPage, EndedWordOut, OptionOut, QuestionOut, WordOut
from api.campaigns import actions
from api.campaigns.audience.selection import CHANNELS, INVITE
from api.campaigns.context import Kit
from api.campaigns.estimate.trial import TestIn, TestOut, mark
from api.campaigns.models import Campaign
from api.campaigns.transitions import CampaignState
from api.channel import Reply
from api.consultations import content, decision, editing, service, sms_budget
from api.consultations.content import OptionContent
from api.consultations.models import Consultation
from api.consultations.presentation import consultation_out
from api.consultations.schemas import ConsultationIn
from api.consultations.words import option_words
from api.consultations.words.option_words import OptionWord
from api.i18n import LANGUAGES
from api.messages import service as messages
from api.outbox.write import test_messages
from api.outbox.write.replies import REPLY
from api.outbox.write.test_messages import Phone
from api.routing import phones
from api.security.crypto import Keyring

_READ = (CampaignState.SUBMITTED, CampaignState.APPROVED, CampaignState.SCHEDULED)


async def page(session: AsyncSession, code: str, *, kit: Kit) -> ConsultationPage:
    """A consultation as residents will read it, in every language with segments. Raises NotFound."""
    found = await service.get(session, code)
    await messages.renew(session, kit.catalogs)
    questions = await content.read(session, consultation_id=found.id)
    weighed, held = preview.weighed(questions, kit), await option_words.all_words(session, found.id)
    return ConsultationPage(
        **consultation_out(found, len(questions)).model_dump(),
        invited_only=found.invited_only,
        asked=[
            QuestionOut(
                position=place,
                kind=each.kind,
                text=each.text,
                options=[_option(option, held) for option in each.options],
                rules=dict(each.rules),
                decides=decision.rule_text(each),
            )
            for place, each in enumerate(questions, start=1)
        ],
        messages=weighed,
        warnings=sms_budget.warnings(weighed),
    )


def _option(option: OptionContent, held: Mapping[int, Sequence[OptionWord]]) -> OptionOut:
    words = held.get(int(option.value), ()) if option.value.isdecimal() else ()  # a province has none
    also = [WordOut(word=each.word, who=each.who, at=each.given_at) for each in words if each.ended_at is None]
    formerly = [
        EndedWordOut(word=each.word, who=each.who, at=each.given_at, ended_by=each.ended_by, ended_at=each.ended_at)
        for each in words
        if each.ended_at is not None
    ]
    return OptionOut(**option.label, also=also, formerly=formerly)


async def edit(
    session: AsyncSession, code: str, given: ConsultationIn, *, who: str, kit: Kit, now: datetime
) -> Consultation:
    """Write a draft anew; campaigns that were read with it before are drafts again.

    Raises NotFound, Conflict where it was opened or is made of proposals, Invalid where a text is too long.
    """
    await messages.renew(session, kit.catalogs)
    found = await editing.edit(session, code, given, who=who, now=now, weigh=preview.weigh(kit))
    naming = select(Campaign.id).where(Campaign.consultation_id == found.id, Campaign.state.in_(_READ))
    for number in await session.scalars(naming.order_by(Campaign.id)):
        await actions.revise(session, number, who=who, now=now)
    return found


async def send_test(
    session: AsyncSession, code: str, given: TestIn, *, who: str, kit: Kit, keyring: Keyring, now: datetime
) -> list[TestOut]:
    """Queue its questions as tests, in their order; nothing that is answered to them counts. Who did it is recorded.

    Raises NotFound, Invalid where the number is none, Conflict where its owner said STOP.
    """
    found = await service.get(session, code)
    number = phones.read(given.to, kit.rules.region)
    usual = kit.rules.roads.of("sms")[0].name
    phone = await test_messages.find_phone(session, number, keyring=keyring, road=usual, now=now)
    fitting: list[str] = [name for name in CHANNELS if name == "sms" or phone.telegram is not None]
    channel: str = given.channel or fitting[0]
    questions = await content.read(session, consultation_id=found.id)
    await messages.renew(session, kit.catalogs)
    sent = []
    for language in LANGUAGES if given.language is None else (given.language,):
        latin = language == "zgh" and (phone.resident.latin if phone.resident.language == "zgh" else channel == "sms")
        for each in preview.shown(questions, kit.catalogs.voice(language, latin=latin)):
            if each.part.startswith(("the question", "page")) or each.part == "statement 1":
                reply = _marked(each.reply, mark(kit, language, latin=latin))
                sent.append(await _send(session, reply, language, phone, channel, kit=kit, keyring=keyring, now=now))
    await audit.note(session, who=who, act="consultation tried", subject=f"consultation {code}", now=now)
    return sent


def _marked(reply: Reply, said: str) -> Reply:
    """A test: it says so, and a tap on it is an answer to nothing."""
    choices = tuple(replace(choice, key=f"try:{place}") for place, choice in enumerate(reply.choices))
    return Reply(f"{said}\n{reply.text}", choices)


async def _send(
    session: AsyncSession,
    reply: Reply,
    language: str,
    phone: Phone,
    channel: str,
    *,
    kit: Kit,
    keyring: Keyring,
    now: datetime,
) -> TestOut:
    to = phone.on(channel)
    road = kit.rules.roads.pick(channel, purpose=INVITE, priority="campaign", prefix=to.prefix, who=to.resident_id)
    number = await test_messages.queue(session, reply, keyring=keyring, to=to, road=road, priority=REPLY, now=now)
    parts = kit.parts(channel, reply.text, reply.choices)
    return TestOut(delivery=number, language=language, channel=channel, road=road, parts=parts)
