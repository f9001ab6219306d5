"""Preview a consultation: every message in every language and script, with its number of SMS segments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from api.authoring.word_check import check_words
from api.campaigns.context import CampaignContext
from api.channel import Reply
from api.consultations.content import QuestionContent
from api.consultations.option_values import AGREE, value_for
from api.consultations.sms_budget import Weigh, Weight
from api.dialogue.responses import paging, rendering
from api.i18n import LANGUAGES, Voice


class Message(NamedTuple):
    """One message of a consultation, with its question's number and the part of the question it shows."""

    question: int
    part: str
    reply: Reply


def messages(questions: Sequence[QuestionContent], voice: Voice) -> Iterator[Message]:
    """Yield every message that residents get for these questions, in one language and script.

    A long question is divided into pages. Statements are shown one by one. Options may have a longer text of their own.
    """
    for place, question in enumerate(questions, start=1):
        text = rendering.question_text(voice, questions, question)
        if question.one_by_one:
            for at, option in enumerate(question.options, start=1):
                line = f"{at}/{len(question.options)} {voice.pick(option.label)}"
                choices = rendering.statement_choices(voice, question, value_for(option.value, AGREE), ())
                yield Message(place, f"statement {at}", Reply("\n".join((text, line)) if at == 1 else line, choices))
        else:
            choices = rendering.question_choices(voice, question, (), back=place > 1)
            pages = paging.pages(voice, question, text, choices)
            for at, page in enumerate(pages, start=1):
                yield Message(place, "the question" if at == 1 else f"page {at} of {len(pages)}", Reply(*page))
        for at, option in enumerate(question.options, start=1):
            if option.detail is not None:
                longer = f"{at}) {voice.pick(option.label)}\n{voice.pick(option.detail)}"
                yield Message(place, f"longer text {at}", Reply(longer))


def weights(questions: Sequence[QuestionContent], kit: CampaignContext) -> list[Weight]:
    """Return every message of these questions in every language and script, with its number of SMS segments."""
    return [
        _weight(message, language, latin=latin, kit=kit)
        for language in LANGUAGES
        for latin in ((False, True) if language == "zgh" else (False,))
        for message in messages(questions, kit.catalogs.voice(language, latin=latin))
    ]


def weigh(kit: CampaignContext) -> Weigh:
    """Return a function that counts the SMS segments of a draft's messages.

    If a word that chooses an option could also mean something else, that function raises Invalid.
    """
    return lambda questions: weights(check_words(questions), kit)


def _weight(message: Message, language: str, *, latin: bool, kit: CampaignContext) -> Weight:
    reply = message.reply
    return Weight(
        question=message.question,
        part=message.part,
        language=language,
        latin=latin,
        text=reply.text,
        choices=[choice.typed or choice.label for choice in reply.choices if not choice.told],
        segments=kit.parts("sms", reply.text, reply.choices),
    )
