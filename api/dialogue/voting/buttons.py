"""What a tap finds: the words of its question, what it makes of the values before, and which question it belongs to."""

from __future__ import annotations

from collections.abc import Sequence

from api.consultations import service as consultations
from api.consultations.content import POINTS, QuestionContent
from api.consultations.models import Consultation
from api.consultations.option_values import option_of, points
from api.dialogue import agent_session
from api.dialogue.question_kinds import KINDS
from api.dialogue.question_kinds.kind import Values
from api.dialogue.question_kinds.points import points_left
from api.dialogue.responses.rendering import question_text
from api.dialogue.turn import Turn
from api.dialogue.voting import ballot_box, partial_answers
from api.errors import Invalid, NotOpen

WAYS_OUT = ("back", "skip", "done")


def wording(turn: Turn, questions: Sequence[QuestionContent], question: QuestionContent) -> str:
    """A question with its place among all ("2/4"), and what to answer where that is not plain.

    A question that is none of these, as on a card of another consultation, or alone, has no place to tell.
    """
    return question_text(turn.voice, questions, question, agent_session.for_whom(turn))


def points_given(turn: Turn, question: QuestionContent, chosen: Sequence[str], option: str) -> str:
    """The points that an option was given, and those that are not given yet."""
    number = next((points(value) for value in chosen if option_of(value) == option), 0)
    return " ".join(
        (turn.voice("points.given", given=number), turn.voice("points.points_left", left=points_left(question, chosen)))
    )


def points_remaining(turn: Turn, question: QuestionContent, chosen: Sequence[str]) -> str:
    """The question with the points that are not given yet; "" where it has none to give, and need not be told anew."""
    if question.kind != POINTS:
        return ""
    return "\n".join(
        (wording(turn, turn.questions, question), turn.voice("points.points_left", left=points_left(question, chosen)))
    )


async def toggle(turn: Turn, consultation: Consultation, question: QuestionContent, value: str) -> Values:
    """Add a value to those gathered, or take it away; returns them all. Raises Invalid where they are too many."""
    before = await ballot_box.current_choices(turn, consultation, question)
    chosen = KINDS[question.kind].adds(question, before, value)
    await partial_answers.gather(turn, consultation, question, chosen)
    return chosen


def may_go_on(turn: Turn) -> bool:
    """Whether they are at what an old button of something else cannot end: an open question, an idea half written."""
    if turn.question is None or turn.consultation is None:
        return turn.conversation.step != "home"
    return consultations.takes_answers(turn.consultation, turn.now)


async def find_question(turn: Turn, number: str) -> tuple[Consultation, QuestionContent]:
    """The question of this number, as a key names it, and its consultation.

    Raises NotOpen if it takes no answers any more, Invalid if there is none.
    """
    # A forged key may hold anything; a number of 19 digits need not fit a database's integer.
    if not number.isdecimal() or len(number) > 18:
        raise Invalid("a tap on nothing that was ever asked")
    consultation = await consultations.of_question(turn.session, int(number))
    if consultation is None or not await consultations.is_for(turn.session, consultation, resident_id=turn.resident.id):
        raise NotOpen
    ballot_box.token(turn, consultation)
    questions = await turn.context.contents.get(
        turn.session, consultation_id=consultation.id, revision=consultation.revision
    )
    return consultation, next(each for each in questions if each.id == int(number))
