"""A consultation as residents will read it: every question in every language and script, with its SMS segments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from api.authoring.word_check import vetted
from api.campaigns.context import Kit
from api.channel import Reply
from api.consultations.content import QuestionContent
from api.consultations.option_values import AGREE, value_for
from api.consultations.sms_budget import Weigh, Weight
from api.dialogue.responses import paging, rendering
from api.i18n import LANGUAGES, Voice


class Shown(NamedTuple):
    """One message of a consultation."""

    question: int
    part: str
    reply: Reply


def shown(questions: Sequence[QuestionContent], voice: Voice) -> Iterator[Shown]:
    """Every message that asks something, and every longer text, in one language and script."""
    for place, question in enumerate(questions, start=1):
        text = rendering.question_text(voice, questions, question)
        if question.one_by_one:
            for at, option in enumerate(question.options, start=1):
                said = f"{at}/{len(question.options)} {voice.pick(option.label)}"
                choices = rendering.statement_choices(voice, question, value_for(option.value, AGREE), ())
                yield Shown(place, f"statement {at}", Reply("\n".join((text, said)) if at == 1 else said, choices))
        else:
            choices = rendering.question_choices(voice, question, (), back=place > 1)
            pages = paging.pages(voice, question, text, choices)
            for at, page in enumerate(pages, start=1):
                yield Shown(place, "the question" if at == 1 else f"page {at} of {len(pages)}", Reply(*page))
        for at, option in enumerate(question.options, start=1):
            if option.detail is not None:
                longer = f"{at}) {voice.pick(option.label)}\n{voice.pick(option.detail)}"
                yield Shown(place, f"longer text {at}", Reply(longer))


def weighed(questions: Sequence[QuestionContent], kit: Kit) -> list[Weight]:
    """Every message in every language and script, with its segments."""
    found = []
    for language in LANGUAGES:
        for latin in (False, True) if language == "zgh" else (False,):
            for each in shown(questions, kit.catalogs.voice(language, latin=latin)):
                found.append(_weight(each, language, latin=latin, kit=kit))
    return found


def weigh(kit: Kit) -> Weigh:
    """What writing a consultation asks for; it refuses words that are not of one option alone."""
    return lambda questions: weighed(vetted(questions), kit)


def _weight(each: Shown, language: str, *, latin: bool, kit: Kit) -> Weight:
    reply = each.reply
    return Weight(
        question=each.question,
        part=each.part,
        language=language,
        latin=latin,
        text=reply.text,
        choices=[choice.typed or choice.label for choice in reply.choices if not choice.told],
        segments=kit.parts("sms", reply.text, reply.choices),
    )
