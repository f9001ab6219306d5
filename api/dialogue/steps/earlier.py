"""A tap on a question that they have left: its answer changes where it stands, and nothing else moves."""

from __future__ import annotations

from api.channel import Choice, Reply
from api.consultations.content import QuestionContent
from api.consultations.marks import given_by
from api.consultations.models import Consultation
from api.dialogue import taps, votes
from api.dialogue.kinds import KINDS
from api.dialogue.kinds.kind import Values
from api.dialogue.kinds.stances import only
from api.dialogue.steps import gathering
from api.dialogue.steps.statements import LATER, MORE
from api.dialogue.turn import Heard, Turn


async def amend(turn: Turn, number: str, value: str) -> Heard:
    """Change the answer to the question of this number. It says so where it stands, by its own buttons.

    Raises NotOpen if the consultation takes no answers any more, Invalid if the value is none of its own.
    """
    found, question = await taps.asked(turn, number)
    if value in taps.WAYS_OUT:
        return Heard.SETTLED
    if question.one_by_one and given_by(value) in (MORE, LATER):
        return _go_on(turn, found) if given_by(value) == MORE else Heard.SETTLED
    turn.edits.append(await _changed(turn, found, question, value))
    return Heard.SETTLED


def _go_on(turn: Turn, found: Consultation) -> Heard:
    """The pause is over: go on with what is under way, or else with the statements that were left."""
    if turn.consultation is None:
        turn.conversation.payload = found.code  # as if a link had named it
    return Heard.MOVED


async def _changed(turn: Turn, found: Consultation, question: QuestionContent, value: str) -> Reply:
    def offered(asked: QuestionContent, chosen: Values) -> tuple[Choice, ...]:
        return KINDS[asked.kind].choices(only(asked, value), turn.voice, chosen)

    if KINDS[question.kind].gathers and not question.one_by_one:
        return await gathering.tap(turn, found, question, value, offered)
    await votes.cast(turn, found, question, (value,))
    return Reply(text="", choices=offered(question, (value,)), replaces=True)
