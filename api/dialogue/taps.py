"""What taps do that typed words cannot: gather values one by one, and change an answer in an older message."""

from __future__ import annotations

from collections.abc import Sequence

from api.channel import Reply
from api.consultations import service as consultations
from api.consultations.content import NUMBER, RANKING, SCALE, SEVERAL, TEXT, QuestionContent
from api.consultations.models import Consultation
from api.dialogue import votes
from api.dialogue.kinds import KINDS
from api.dialogue.kinds.kind import Values
from api.dialogue.turn import Heard, Turn
from api.errors import Invalid, NotOpen

WAYS_OUT = ("back", "skip", "done")
_EXPLAINED = (SEVERAL, RANKING, SCALE, NUMBER, TEXT)  # a short list of options explains itself


def wording(turn: Turn, questions: Sequence[QuestionContent], question: QuestionContent) -> str:
    """A question with its place among all ("2/4"), and what to answer where that is not plain."""
    asked = f"{questions.index(question) + 1}/{len(questions)} {turn.voice.pick(question.text)}"
    if not explained(question):
        return asked
    return f"{asked}\n{KINDS[question.kind].expects(question, turn.voice)}"


def explained(question: QuestionContent) -> bool:
    """Whether the question says by itself what to answer."""
    return question.kind in _EXPLAINED


async def toggle(turn: Turn, consultation: Consultation, question: QuestionContent, value: str) -> Values:
    """Add a value to those gathered, or take it away; returns them all. Raises Invalid where they are too many."""
    before = await votes.recall(turn, consultation, question)
    chosen = tuple(each for each in before if each != value) if value in before else (*before, value)
    await votes.cast(turn, consultation, question, chosen, partial=True)
    return chosen


async def amend(turn: Turn, number: str, value: str) -> Heard:
    """A tap on a question they have left: its answer changes where it stands, and nothing else moves.

    Raises NotOpen where the consultation takes no answers any more, Invalid where the value is none of its own.
    """
    # A forged key may hold anything; a number of 19 digits need not fit a database's integer.
    if not number.isdecimal() or len(number) > 18:
        raise Invalid("a tap on nothing that was ever asked")
    found = await consultations.of_question(turn.session, int(number))
    if found is None:
        raise NotOpen
    votes.token(turn, found)
    if value in WAYS_OUT:
        return Heard.SETTLED
    questions = await turn.tools.contents.get(turn.session, consultation_id=found.id, revision=found.revision)
    question = next(each for each in questions if each.id == int(number))
    chosen: Values = (value,)
    if KINDS[question.kind].gathers:
        chosen = await toggle(turn, found, question, value)
    else:
        await votes.cast(turn, found, question, chosen)
    choices = KINDS[question.kind].choices(question, turn.voice, chosen)
    turn.edits.append(Reply(text="", choices=choices, replaces=True))
    return Heard.SETTLED
