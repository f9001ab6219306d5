"""Collects the choices of a question that accepts several, tapped or typed, in one message or in many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from api.channel import Choice, Reply
from api.consultations.answer_rules import FEW, MANY, ONE, POINTS_OVER, TWICE, RuleBroken
from api.consultations.content import POINTS, QuestionContent
from api.consultations.models import Consultation
from api.consultations.receipts.description import chosen as named
from api.conversations.offered_choices import Offered, offered_from
from api.dialogue.question_kinds import KINDS, points
from api.dialogue.question_kinds.kind import Values, key, value_of
from api.dialogue.steps import home
from api.dialogue.turn import Outcome, Turn, Utterance
from api.dialogue.understand.sentences.greetings import asks, text_beside_greeting
from api.dialogue.voting import ballot_box, buttons, partial_answers, vote_session
from api.i18n import Voice

Offer = Callable[[QuestionContent, Values], tuple[Choice, ...]]  # the choices to offer, given those made so far

_RULES: dict[str, Callable[[Voice, RuleBroken], str]] = {
    MANY: lambda voice, broken: voice("rule.many", given=broken.actual, most=broken.limit),
    FEW: lambda voice, broken: voice("rule.few", given=broken.actual, least=broken.limit),
    ONE: lambda voice, _broken: voice("rule.one"),
    TWICE: lambda voice, _broken: voice("rule.twice"),
    POINTS_OVER: lambda voice, broken: voice(
        "rule.points", given=broken.actual, total=broken.limit, over=broken.actual - broken.limit
    ),
}


def rule_text(voice: Voice, broken: RuleBroken) -> str:
    """Return a sentence that says which rule an answer breaks, and by how much."""
    if broken.rule == FEW and not broken.actual:
        return voice("rule.none")
    return _RULES[broken.rule](voice, broken)


async def tap(turn: Turn, consultation: Consultation, question: QuestionContent, value: str, offer: Offer) -> Reply:
    """Add or remove the tapped value, and return the updated message.

    If that breaks a rule, the message names the rule. If too few values are chosen, the message says which earlier
    answer still counts.
    """
    try:
        chosen = await buttons.toggle(turn, consultation, question, value)
    except RuleBroken as broken:
        turn.rejection = rule_text(turn.voice, broken)
        chosen = await ballot_box.current_choices(turn, consultation, question)
    counts = await ballot_box.counted_answer(turn, consultation, question)
    stays = partial_answers.still_counts(turn, question, counts) if counts not in ((), chosen) else ""
    text = buttons.points_remaining(turn, question, chosen) or buttons.wording(turn, turn.questions, question)
    return Reply(
        text="\n".join(filter(None, (turn.rejection or stays, text))), choices=offer(question, chosen), replaces=True
    )


async def begin(turn: Turn, consultation: Consultation, question: QuestionContent) -> None:
    """Record that the resident has begun to choose, and whether an earlier answer of theirs counts."""
    fresh = not await ballot_box.counted_answer(turn, consultation, question)
    vote_session.gather(turn, question, fresh=fresh)


async def take(
    turn: Turn, consultation: Consultation, question: QuestionContent, values: Values, offer: Offer
) -> str | None:
    """Add typed choices to those made just before, or take them as a new answer.

    Return the receipt, or None if more choices are asked for. Even after a single choice we may ask for more: it may be
    the first of many short messages. An earlier complete answer counts until the new one is complete. Raises
    RuleBroken.
    """
    before, chosen = await _combined(turn, consultation, question, values)
    enough, more = len(chosen) >= question.least, room(question, chosen)
    if not (enough or more):
        raise RuleBroken(FEW, actual=len(chosen), limit=question.least)
    last = turn.conversation.position == len(turn.questions) - 1
    ends = last and turn.conversation.assisting is None  # choices typed after the end are still added
    new = chosen != before  # naming the same choices again means "done"
    goes_on = more and (not enough or (bool(before) and new) or (len(values) == 1 and new and not ends))
    fresh = not await ballot_box.counted_answer(turn, consultation, question)
    receipt = await partial_answers.gather(turn, consultation, question, chosen, complete=last)
    vote_session.gather(turn, question, fresh=fresh)
    if receipt is None:
        turn.lines.append(rule_text(turn.voice, RuleBroken(FEW, actual=len(chosen), limit=question.least)))
    if goes_on or not (last or turn.incoming.choice):  # a tap is shown ticked on its own message
        turn.lines += summary(turn, question, chosen)
    if goes_on:
        _ask_more(turn, offer(question, chosen))
        return None
    return receipt


async def _combined(
    turn: Turn, consultation: Consultation, question: QuestionContent, values: Values
) -> tuple[Values, Values]:
    """Return the choices to which the typed ones are added, and all choices together."""
    kind, current = KINDS[question.kind], await ballot_box.current_choices(turn, consultation, question)
    if vote_session.is_gathering(turn, question) or current != await ballot_box.counted_answer(
        turn, consultation, question
    ):
        return current, kind.joins(question, current, values)
    chosen = kind.renews(question, current, values, turn.incoming.hints.ticks)
    return (current if chosen != values else ()), chosen


def room(question: QuestionContent, chosen: Values) -> bool:
    """Return whether more options or points can be chosen."""
    return points.points_left(question, chosen) > 0 if question.kind == POINTS else len(chosen) < question.most


def summary(turn: Turn, question: QuestionContent, chosen: Values) -> list[str]:
    """Return lines that name the options chosen so far, and the points left if points are shared."""
    if not chosen:
        return []
    lines = [turn.voice("echo", said=named(question, chosen, turn.voice, room=ballot_box.ROOM))]
    if question.kind == POINTS and (remaining := points.points_left(question, chosen)):
        lines.append(turn.voice("points.left", left=remaining))
    return lines


def _ask_more(turn: Turn, offered_choices: Sequence[Choice]) -> None:
    """Ask for one more choice, without repeating the list that is still on the screen."""
    choices = tuple(replace(choice, told=True) if not choice.action else choice for choice in offered_choices)
    turn.ask(
        "question", turn.voice("more.ask"), tuple(choice for choice in choices if not choice.key.endswith(":skip"))
    )


async def add_late(turn: Turn, utterance: Utterance) -> Outcome:
    """Add choices typed just after the end of a vote to the answer to its last question."""
    lexicon = turn.context.lexicon
    if (
        turn.just_answered is None
        or asks(utterance.text, lexicon)
        or text_beside_greeting(utterance.text, lexicon) is not None
    ):
        return Outcome.MISSED
    consultation, question = turn.just_answered
    before = await ballot_box.current_choices(turn, consultation, question)
    chosen = KINDS[question.kind].joins(question, before, tuple(map(value_of, utterance.keys)))
    try:
        if utterance.twice:
            raise RuleBroken(TWICE, actual=2, limit=1)
        await ballot_box.cast(turn, consultation, question, chosen, complete=True)
    except RuleBroken as broken:
        turn.lines.append(rule_text(turn.voice, broken))
        chosen = before
    turn.lines += summary(turn, question, chosen)
    more = room(question, chosen)
    if more:
        turn.say("more.ask")
    vote_session.end(turn, consultation, more=more)
    await home.rest_after(turn)
    return Outcome.SETTLED


def late_choices(turn: Turn) -> Offered:
    """Return the choices that may still be typed after the end of a vote, as a conversation stores them."""
    if turn.just_answered is None:
        return ()
    question = turn.just_answered.question
    choices = KINDS[question.kind].choices(question, turn.voice, ())
    done_key = key(question, "done")
    return offered_from(choice for choice in choices if choice.key != done_key)
