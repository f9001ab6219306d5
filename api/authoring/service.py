"""Preview, edit and test drafts of consultations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api import audit
from api.actors import Action
from api.authoring import preview
from api.authoring.schemas import ConsultationPage, EndedWordOut, OptionOut, QuestionOut, WordOut
from api.campaigns import actions
from api.campaigns.audience.selection import CHANNELS, INVITE
from api.campaigns.context import CampaignContext
from api.campaigns.estimate.schemas import TestIn, TestOut
from api.campaigns.estimate.trial import mark
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

_READ = (
    CampaignState.SUBMITTED,
    CampaignState.APPROVED,
    CampaignState.SCHEDULED,
)  # campaigns in these states have texts that somebody may have approved


async def page(session: AsyncSession, code: str, *, kit: CampaignContext) -> ConsultationPage:
    """Return a consultation with every message in every language and its number of SMS segments. Raises NotFound."""
    consultation = await service.get(session, code)
    await messages.renew(session, kit.catalogs)
    questions = await content.read(session, consultation_id=consultation.id)
    weights, words = preview.weights(questions, kit), await option_words.all_words(session, consultation.id)
    return ConsultationPage(
        **consultation_out(consultation, len(questions)).model_dump(),
        invited_only=consultation.invited_only,
        asked=[
            QuestionOut(
                position=place,
                kind=each.kind,
                text=each.text,
                options=[_option(option, words) for option in each.options],
                rules=dict(each.rules),
                decides=decision.rule_text(each),
            )
            for place, each in enumerate(questions, start=1)
        ],
        messages=weights,
        warnings=sms_budget.warnings(weights),
    )


def _option(option: OptionContent, words_of: Mapping[int, Sequence[OptionWord]]) -> OptionOut:
    words = words_of.get(int(option.value), ()) if option.value.isdecimal() else ()  # provinces have no such words
    also = [WordOut(word=each.word, who=each.who, at=each.given_at) for each in words if each.ended_at is None]
    formerly = [
        EndedWordOut(word=each.word, who=each.who, at=each.given_at, ended_by=each.ended_by, ended_at=each.ended_at)
        for each in words
        if each.ended_at is not None
    ]
    return OptionOut(**option.label, also=also, formerly=formerly)


async def edit(
    session: AsyncSession, code: str, data: ConsultationIn, *, action: Action, kit: CampaignContext
) -> Consultation:
    """Replace the content of a draft.

    If a campaign was submitted, approved or scheduled with the old text, it becomes a draft again. Raises NotFound;
    Conflict if the consultation was opened or consists of proposals; Invalid if a text is too long.
    """
    by, now = action.actor, action.at
    await messages.renew(session, kit.catalogs)
    consultation = await editing.edit(session, code, data, who=by, now=now, weigh=preview.weigh(kit))
    naming = select(Campaign.id).where(Campaign.consultation_id == consultation.id, Campaign.state.in_(_READ))
    for number in await session.scalars(naming.order_by(Campaign.id)):
        await actions.revise(session, number, who=by, now=now)
    return consultation


async def send_test(
    session: AsyncSession, code: str, data: TestIn, *, action: Action, kit: CampaignContext, keyring: Keyring
) -> list[TestOut]:
    """Send all questions of a consultation to a phone as a test, in order. The act is recorded.

    Replies to a test are not counted. Raises NotFound, Invalid if the number is not a phone number, and Conflict if the
    phone's owner sent STOP.
    """
    by, now = action.actor, action.at
    consultation = await service.get(session, code)
    number = phones.read(data.to, kit.rules.region)
    usual = kit.rules.roads.of("sms")[0].name
    phone = await test_messages.find_phone(session, number, keyring=keyring, road=usual, now=now)
    available: list[str] = [name for name in CHANNELS if name == "sms" or phone.telegram is not None]
    channel: str = data.channel or available[0]
    questions = await content.read(session, consultation_id=consultation.id)
    await messages.renew(session, kit.catalogs)
    sent = []
    for language in LANGUAGES if data.language is None else (data.language,):
        latin = language == "zgh" and (phone.resident.latin if phone.resident.language == "zgh" else channel == "sms")
        for each in preview.messages(questions, kit.catalogs.voice(language, latin=latin)):
            if each.part.startswith(("the question", "page")) or each.part == "statement 1":
                reply = _marked(each.reply, mark(kit, language, latin=latin))
                sent.append(await _send(session, reply, language, phone, channel, kit=kit, keyring=keyring, now=now))
    await audit.note(session, who=by, act="consultation tried", subject=f"consultation {code}", now=now)
    return sent


def _marked(reply: Reply, notice: str) -> Reply:
    """Return a reply with a notice that it is a test."""
    # a tap on a key "try:…" is no answer
    choices = tuple(replace(choice, key=f"try:{place}") for place, choice in enumerate(reply.choices))
    return Reply(f"{notice}\n{reply.text}", choices)


async def _send(
    session: AsyncSession,
    reply: Reply,
    language: str,
    phone: Phone,
    channel: str,
    *,
    kit: CampaignContext,
    keyring: Keyring,
    now: datetime,
) -> TestOut:
    to = phone.on(channel)
    road = kit.rules.roads.pick(channel, purpose=INVITE, priority="campaign", prefix=to.prefix, who=to.resident_id)
    number = await test_messages.queue(session, reply, keyring=keyring, to=to, road=road, priority=REPLY, now=now)
    parts = kit.parts(channel, reply.text, reply.choices)
    return TestOut(delivery=number, language=language, channel=channel, road=road, parts=parts)
