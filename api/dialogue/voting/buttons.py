"""What a tap on a question leads to: the question, its text, and the values chosen after the tap."""

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
    """Return a question with its position ("2/4"), and with a hint how to answer unless that is obvious.

    If there is no other question, or the question is from another consultation, the position is left out.
    """
    return question_text(turn.voice, questions, question, agent_session.for_whom(turn))


def points_given(turn: Turn, question: QuestionContent, chosen: Sequence[str], option: str) -> str:
    """Return a text with the points given to this option, and the points left for others."""
    number = next((points(value) for value in chosen if option_of(value) == option), 0)
    return " ".join(
        (turn.voice("points.given", given=number), turn.voice("points.left", left=points_left(question, chosen)))
    )


def points_remaining(turn: Turn, question: QuestionContent, chosen: Sequence[str]) -> str:
    """Return the question with the points left; "" if the question is not about points."""
    if question.kind != POINTS:
        return ""
    return "\n".join(
        (wording(turn, turn.questions, question), turn.voice("points.left", left=points_left(question, chosen)))
    )


async def toggle(turn: Turn, consultation: Consultation, question: QuestionContent, value: str) -> Values:
    """If a value was chosen already, remove it; otherwise add it. Store the chosen values and return them.

    Raises RuleBroken (a kind of Invalid) if too many are chosen.
    """
    before = await ballot_box.current_choices(turn, consultation, question)
    chosen = KINDS[question.kind].adds(question, before, value)
    await partial_answers.gather(turn, consultation, question, chosen)
    return chosen


def may_go_on(turn: Turn) -> bool:
    """Return whether the resident is in the middle of something that an old button cannot end.

    They may be answering an open vote, or doing something else, such as writing an idea.
    """
    if turn.question is None or turn.consultation is None:
        return turn.conversation.step != "home"
    return consultations.takes_answers(turn.consultation, turn.now)


async def find_question(turn: Turn, number: str) -> tuple[Consultation, QuestionContent]:
    """Return the question whose id came from the key of a button, and its consultation.

    Raises NotOpen if the question no longer accepts answers, and Invalid if the id cannot belong to a question.
    """
    # A forged key may contain anything; a number of 19 digits may exceed a database integer.
    if not number.isdecimal() or len(number) > 18:
        raise Invalid("the button belongs to a question that does not exist")
    consultation = await consultations.of_question(turn.session, int(number))
    if consultation is None or not await consultations.may_answer(
        turn.session, consultation, resident_id=turn.resident.id
    ):
        raise NotOpen
    ballot_box.token(turn, consultation)
    questions = await turn.context.contents.get(
        turn.session, consultation_id=consultation.id, revision=consultation.revision
    )
    return consultation, next(each for each in questions if each.id == int(number))
