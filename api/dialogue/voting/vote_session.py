"""What a conversation notes about a vote between turns: choices that add up, a vote being changed, a vote just ended.

No note says what was chosen. The note of an ended vote is cleared together with other notes (`Conversation.put_away`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from api.consultations import service as consultations
from api.consultations.content import QuestionContent
from api.consultations.models import Consultation
from api.conversations.models import ENDED, VOTING
from api.dialogue.question_kinds import KINDS
from api.dialogue.turn import AnsweredQuestion, Turn

_SKIPPED, _EMPTY, _MORE = "skipped", "empty", "more"  # fields of the ENDED note, written by `end`
_GATHER, _AGAIN, _CHANGED, _FRESH = VOTING
_ADDS = timedelta(minutes=10)  # how long further choices are added to the last answer
_BACK = timedelta(hours=1)  # how long "back" means the last question
LISTS = ("open:", "home:change:")  # prefixes of keys in lists of consultations


def begin(turn: Turn, *, again: bool = False) -> None:
    """Begin a vote. With `again`, begin to review a vote that was answered before."""
    _drop(turn, *VOTING, ENDED)
    if again:
        _note(turn, **{_AGAIN: True})


def is_again(turn: Turn) -> bool:
    """Return whether the resident is reviewing a vote that they finished before."""
    return bool(turn.conversation.notes.get(_AGAIN))


def has_changed(turn: Turn) -> bool:
    """Return whether an answer changed while a finished vote was reviewed."""
    return bool(turn.conversation.notes.get(_CHANGED))


def note_change(turn: Turn) -> None:
    """Record that an answer changed, if a finished vote is being reviewed."""
    if is_again(turn):
        _note(turn, **{_CHANGED: True})


def gather(turn: Turn, question: QuestionContent, *, fresh: bool = False) -> None:
    """Record that something was just chosen at this question, so that further choices are added to it.

    With `fresh`, no answer to this question counted before.
    """
    if turn.conversation.notes.get(_GATHER) != question.id:
        _note(turn, **{_GATHER: question.id}, **({_FRESH: question.id} if fresh else {}))


def is_fresh(turn: Turn, question: QuestionContent) -> bool:
    """Return whether the resident is answering this question for the first time and has not left it since."""
    return turn.conversation.notes.get(_FRESH) == question.id


def leave_question(turn: Turn) -> None:
    """Record that the resident leaves a question. The answer stays until a complete one replaces it.

    If the resident comes back and types choices, they are a new answer.
    """
    _drop(turn, _FRESH, _GATHER)


def is_gathering(turn: Turn, question: QuestionContent) -> bool:
    """Return whether typed choices are added to the answer to this question. Otherwise they replace it."""
    return turn.conversation.notes.get(_GATHER) == question.id


def end(
    turn: Turn, consultation: Consultation, *, skipped: bool = False, empty: bool = False, more: bool = False
) -> None:
    """Record that this vote was finished.

    `skipped`: the last question was skipped, so no late choices are accepted. `empty`: nothing was answered. `more`: we
    asked for one more choice.
    """
    _drop(turn, *VOTING)
    flags = {_SKIPPED: skipped, _EMPTY: empty, _MORE: more}
    _note(turn, **{ENDED: {"of": consultation.id, "at": turn.now.isoformat(), **{n: True for n in flags if flags[n]}}})


def is_empty(turn: Turn) -> bool:
    """Return whether nothing was answered in the vote that ended last."""
    return bool(turn.conversation.notes.get(ENDED, {}).get(_EMPTY))


def wants_more(turn: Turn) -> bool:
    """Return whether a yes or no now answers "one more choice?", which we asked after the end of a vote."""
    return just_ended(turn) and bool(turn.conversation.notes[ENDED].get(_MORE))


async def ended(turn: Turn) -> Consultation | None:
    """Return the vote that ended within the last hour, if it still accepts answers; otherwise None."""
    return await _ended(turn, _BACK)


def just_ended(turn: Turn) -> bool:
    """Return whether a vote ended a few minutes ago, so that short messages may still belong to it.

    If nothing was answered, the vote is still waiting and has not ended.
    """
    return not is_empty(turn) and _when(turn, _ADDS) is not None


async def find_late(turn: Turn) -> None:
    """Let choices typed just after the end of a vote count for its last question, if that accepts several.

    If a list of votes was shown since, or if the last question was skipped, they do not count.
    """
    if turn.conversation.notes.get(ENDED, {}).get(_SKIPPED):
        return
    shows_list = any(choice.key.startswith(LISTS) for choice in turn.conversation.offered)
    ended_vote = None if turn.conversation.step != "home" or shows_list else await _ended(turn, _ADDS)
    if ended_vote is None:
        return
    questions = await turn.context.contents.get(
        turn.session, consultation_id=ended_vote.id, revision=ended_vote.revision
    )
    if KINDS[questions[-1].kind].gathers and not questions[-1].one_by_one:
        turn.just_answered = AnsweredQuestion(ended_vote, questions[-1])


async def _ended(turn: Turn, within: timedelta) -> Consultation | None:
    number = _when(turn, within)
    consultation = await turn.session.get(Consultation, number) if number is not None else None
    return consultation if consultation is not None and consultations.takes_answers(consultation, turn.now) else None


def _when(turn: Turn, within: timedelta) -> int | None:
    """Return the id of the consultation that ended within this time; None if none did."""
    note = turn.conversation.notes.get(ENDED)
    if note is None or turn.now - datetime.fromisoformat(note["at"]) > within:
        return None
    return int(note["of"])


def _note(turn: Turn, **notes: object) -> None:
    turn.conversation.notes = {**turn.conversation.notes, **notes}


def _drop(turn: Turn, *names: str) -> None:
    notes = turn.conversation.notes
    if not notes.keys().isdisjoint(names):
        turn.conversation.notes = {name: note for name, note in notes.items() if name not in names}
