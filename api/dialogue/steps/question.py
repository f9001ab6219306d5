"""The step that asks the questions of a consultation one by one, and handles the answers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from api.channel import Choice, Reply
from api.consultations.answer_rules import FEW, ONE, TWICE, RuleBroken
from api.consultations.content import NUMBER, POINTS, RANKING, SINGLE, TEXT, YES_NO, QuestionContent
from api.consultations.models import Consultation
from api.consultations.option_values import STANCES, mark_of
from api.dialogue import agent_session
from api.dialogue.question_kinds import KINDS
from api.dialogue.question_kinds.kind import Values, value_of
from api.dialogue.question_kinds.statements import only
from api.dialogue.responses import paging
from api.dialogue.responses.rendering import question_choices
from api.dialogue.steps import gathering, home, statements
from api.dialogue.steps.earlier import answer_earlier
from api.dialogue.turn import Outcome, Turn, Utterance
from api.dialogue.understand.values.numbers import count_numbers
from api.dialogue.voting import ballot_box, buttons, partial_answers, vote_session
from api.errors import Invalid
from api.text.normalise import normalise
from api.text.shortening import excerpt

_OWN = (NUMBER, TEXT)  # kinds without choices to tick
_SHOWN = 40  # maximum number of characters of a written answer to show again


async def ask(turn: Turn, *, recalled: bool = False) -> None:
    """Ask the current question, with its position among all questions.

    The choices show the earlier answer if taps add to it. With `recalled`, the earlier answer is always shown.
    """
    turn.conversation.step = "question"
    turn.conversation.position = min(turn.conversation.position, len(turn.questions) - 1)
    question = turn.questions[turn.conversation.position]
    text = buttons.wording(turn, turn.questions, question)
    if question.one_by_one and turn.consultation is not None:
        await statements.ask(turn, turn.consultation, question, text)
        return
    chosen: Values = ()
    recalled = recalled or vote_session.is_again(turn)
    if turn.consultation is not None and (recalled or KINDS[question.kind].gathers):
        chosen = await ballot_box.current_choices(turn, turn.consultation, question)
    previous = _previous_answer(turn, question, chosen) if recalled else ""
    _show(turn, question, "\n".join(filter(None, (text, previous))), chosen, 1)


def _show(turn: Turn, question: QuestionContent, text: str, chosen: Sequence[str], page: int) -> None:
    """Ask the question, or show one page of its choices if an SMS cannot list them all."""
    offered = choices(turn, question, chosen)
    if turn.incoming.hints.ticks:
        turn.ask("question", text, offered)
        return
    pages = paging.pages(turn.voice, question, text, offered)
    turn.ask("question", *pages[min(page, len(pages)) - 1])


def _previous_answer(turn: Turn, question: QuestionContent, chosen: Values) -> str:
    """Return a line with the earlier answer, as numbers in the list; "" if the choices already show it."""
    if not chosen or question.kind in (RANKING, POINTS) or (turn.incoming.hints.ticks and question.kind not in _OWN):
        return ""
    numbers = {option.value: str(place) for place, option in enumerate(question.options, start=1)}
    if question.kind == YES_NO:
        answer = turn.voice("word.yes") if chosen[0] == "yes" else turn.voice("word.no")
    else:
        answer = turn.voice.listed([numbers.get(value, value) for value in chosen])
    return turn.voice("answer.yours", said=excerpt(answer, _SHOWN))


def expects(turn: Turn) -> str:
    """Return a sentence that says what an answer to the current question looks like."""
    question = turn.question
    return KINDS[question.kind].expects(question, turn.voice) if question is not None else ""


async def hear(turn: Turn, utterance: Utterance) -> Outcome:
    """Handle an answer, "back", a skip, or a tap on an earlier question."""
    try:
        return await _hear(turn, utterance)
    except RuleBroken as broken:
        turn.lines = [gathering.rule_text(turn.voice, broken)]
        await ask(turn)
        return Outcome.SETTLED
    except Invalid:
        return Outcome.MISSED


async def _hear(turn: Turn, utterance: Utterance) -> Outcome:
    question, consultation = turn.question, turn.consultation
    number, _, value = (utterance.choice_of("q") or "").partition(":")
    if utterance.tapped and (question is None or number != str(question.id)):
        return await answer_earlier(turn, number, value)
    if question is None or consultation is None:
        return await gathering.add_late(turn, utterance) if utterance.keys or utterance.twice else Outcome.MISSED
    ballot_box.token(turn, consultation)  # raises NotOpen if the vote is over
    if utterance.intent == "back":
        value = "back"
    if utterance.intent == "change" and turn.conversation.position:  # at the first question it refers to another vote
        value = "back"
    if utterance.intent in ("done", "skip") and KINDS[question.kind].gathers:
        value = utterance.intent  # these work even while not on offer; "done" then says that too few are chosen
    if (page := paging.page_number(value)) is not None:
        chosen = await ballot_box.current_choices(turn, consultation, question) if KINDS[question.kind].gathers else ()
        _show(turn, question, buttons.wording(turn, turn.questions, question), chosen, page)
        return Outcome.SETTLED
    if value in buttons.WAYS_OUT:
        return await _leave(turn, consultation, question, value)
    if question.one_by_one:
        return await _take_stance(turn, consultation, question, value or value_of(utterance.key))
    if utterance.tapped and KINDS[question.kind].gathers and not question.one_choice:
        await gathering.begin(turn, consultation, question)
        turn.edits.append(await gathering.tap(turn, consultation, question, value, partial(choices, turn)))
        return Outcome.SETTLED
    values = (utterance.value,) if utterance.value is not None else tuple(map(value_of, utterance.keys))
    if utterance.twice:
        raise RuleBroken(TWICE, actual=2, limit=1)
    if not values and question.kind == SINGLE and (numbers := count_numbers(utterance.text, turn.context.lexicon)) > 1:
        raise RuleBroken(ONE, actual=numbers, limit=1)
    if not values:
        return await _more(turn, utterance, question)
    outcome = await _answer(turn, consultation, question, values)
    if utterance.tapped:
        _edit(turn, KINDS[question.kind].choices(question, turn.voice, values))
    return outcome


async def _more(turn: Turn, utterance: Utterance, question: QuestionContent) -> Outcome:
    """Handle a yes to "one more choice?": show the choices again."""
    meaning = turn.context.lexicon.meaning(normalise(utterance.text))
    if utterance.tapped or not vote_session.is_gathering(turn, question) or meaning is None or meaning.intent != "yes":
        return Outcome.MISSED
    await ask(turn)
    return Outcome.SETTLED


async def _answer(turn: Turn, consultation: Consultation, question: QuestionContent, values: Values) -> Outcome:
    if KINDS[question.kind].gathers:
        receipt = await gathering.take(turn, consultation, question, values, partial(choices, turn))
        if receipt is None:
            return Outcome.SETTLED
    else:
        last = turn.conversation.position == len(turn.questions) - 1
        receipt = await ballot_box.cast(turn, consultation, question, values, complete=last)
    return await _move(turn, consultation, 1, receipt)


async def _take_stance(turn: Turn, consultation: Consultation, question: QuestionContent, value: str) -> Outcome:
    """Record the stance on a statement; after the last statement, go on to the next question."""
    outcome = await statements.hear(turn, consultation, question, value)
    if outcome is None:
        if turn.incoming.choice is not None and mark_of(value) in STANCES:  # a pause shows no statement
            _edit(turn, KINDS[question.kind].choices(only(question, value), turn.voice, (value,)))
        return await _move(turn, consultation, 1)
    return outcome


async def _leave(turn: Turn, consultation: Consultation, question: QuestionContent, value: str) -> Outcome:
    if question.one_by_one and value == "back" and await statements.back(turn, consultation, question):
        return Outcome.SETTLED
    if value == "back" and not turn.conversation.position:
        return await _leave_vote(turn, consultation, question)
    if question.one_by_one and value != "back":
        outcome = await statements.leave(turn, consultation, question)
        if outcome is not None:
            return outcome
    chosen = await ballot_box.current_choices(turn, consultation, question) if value == "done" else ()
    if value == "done" and len(chosen) < question.least:
        raise RuleBroken(FEW, actual=len(chosen), limit=question.least)
    is_end = value != "back" and turn.conversation.position == len(turn.questions) - 1  # the summary follows
    await partial_answers.give_up(turn, consultation, question, quiet=is_end)
    return await _move(turn, consultation, -1 if value == "back" else 1, skipped=value == "skip")


async def _leave_vote(turn: Turn, consultation: Consultation, question: QuestionContent) -> Outcome:
    """Go back from the first question to the list of votes."""
    await partial_answers.give_up(turn, consultation, question)
    turn.conversation.put_away()
    if turn.conversation.assisting is None:
        turn.conversation.consultation_id = None
        await home.ask(turn)
        return Outcome.SETTLED
    # an agent goes back to the choice of the next person
    if await ballot_box.answers(turn, consultation):
        agent_session.finish_person(turn)  # the next person starts with an empty ballot
    turn.conversation.step, turn.conversation.consultation_id = "assist", None
    return Outcome.MOVED


async def _move(
    turn: Turn, consultation: Consultation, by: int, receipt: str | None = None, *, skipped: bool = False
) -> Outcome:
    turn.conversation.position = max(turn.conversation.position + by, 0)
    vote_session.leave_question(turn)
    if turn.conversation.position >= len(turn.questions):
        await ballot_box.finish(turn, consultation, receipt, skipped=skipped)
        if turn.conversation.assisting is not None:
            turn.conversation.step = "assist"
            return Outcome.MOVED
        home.rest(turn, answered=not vote_session.is_empty(turn))
        return Outcome.SETTLED
    if by < 0:
        await ask(turn, recalled=True)
        return Outcome.SETTLED
    return Outcome.MOVED


def choices(turn: Turn, question: QuestionContent, chosen: Sequence[str]) -> tuple[Choice, ...]:
    """Return the choices of a question, and below them the actions.

    The actions are: read the longer texts, go back to the previous question, skip this question.
    """
    return question_choices(turn.voice, question, chosen, back=bool(turn.conversation.position))


def _edit(turn: Turn, choices: tuple[Choice, ...]) -> None:
    turn.edits.append(Reply(text="", choices=choices, replaces=True))
