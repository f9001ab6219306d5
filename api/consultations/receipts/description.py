"""Describe in words whether a receipt's ballot counts, and what it contains. All channels use the same text."""

from __future__ import annotations

from collections.abc import Sequence

from api.consultations.content import RANKING, TEXT, YES_NO, QuestionContent
from api.consultations.option_values import AGREE, DISAGREE, PASS, mark_of, option_of
from api.consultations.receipts.list_format import COUNTED
from api.consultations.receipts.lookup import AnsweredQuestion, Checked, Standing
from api.i18n import Voice
from api.text.shortening import shortened

_ROOM = 240  # characters for all option names of one answer: enough to recognise the options
_SHORTEST = 10  # minimum characters by which options can be distinguished
_STANCES = {AGREE: "word.agree", DISAGREE: "word.disagree", PASS: "word.pass"}


def describe(checked: Checked, voice: Voice, *, whole: bool = False) -> str:
    """Return, as text, whether a receipt's ballot counts. If its choices are published, add one line for each question.

    If there are many options, their names are shortened, unless `whole` is true. Ranks, points and stances are never
    shortened.
    """
    title = voice.pick(checked.consultation.title)
    if checked.standing is Standing.COUNTED and checked.consultation.receipts == COUNTED:
        return voice("receipt.kept", receipt=checked.receipt, title=title)
    if checked.standing is Standing.COUNTED:
        return voice("receipt.counted", receipt=checked.receipt, title=title)
    if checked.standing is Standing.ALTERED:
        return voice("page.away")
    if checked.standing is Standing.FEW:
        return voice("receipt.few", receipt=checked.receipt, title=title, count=checked.consultation.smallest_count)
    if checked.standing is not Standing.PUBLISHED:
        return _not_counted(checked, voice)
    lines = [f"{answer.position}. {_line(answer, voice, whole)}" for answer in checked.choices]
    return "\n".join((voice("receipt.published", receipt=checked.receipt, title=title), *lines))


def _not_counted(checked: Checked, voice: Voice) -> str:
    if checked.standing is Standing.TAKEN_BACK:
        return voice("receipt.taken", receipt=checked.receipt)
    if checked.standing is Standing.WAITS:
        return voice("receipt.waits", receipt=checked.receipt)
    if checked.standing is Standing.NO_NUMBER:
        return voice("receipt.without", receipt=checked.receipt)
    return voice("receipt.replaced", receipt=checked.receipt)


def _line(answer: AnsweredQuestion, voice: Voice, whole: bool) -> str:
    room = _ROOM * len(answer.values) if whole else _ROOM
    return chosen(answer.question, answer.values, voice, room=room)


def chosen(question: QuestionContent, values: Sequence[str], voice: Voice, *, room: int = _ROOM) -> str:
    """Return the values of an answer in words, with ranks and points.

    All option names together may take `room` characters. A free text is not shown.
    """
    if question.kind == TEXT:
        return voice("receipt.own")
    if question.kind == YES_NO:
        return voice("word.yes") if values[0] == "yes" else voice("word.no")
    widest = room // len(values)
    labels = {option.value: shortened(voice.pick(option.label), widest) for option in question.options}
    if question.one_by_one:
        return _stances(values, {} if widest < _SHORTEST else labels, voice)
    labelled = [(labels.get(option_of(value), value), mark_of(value)) for value in values]
    if question.kind == RANKING:
        return voice.listed(f"{label} ({rank})" for rank, (label, _) in enumerate(labelled, start=1))
    return voice.listed(voice.paired(label, points) if points else label for label, points in labelled)


def _stances(values: Sequence[str], labels: dict[str, str], voice: Voice) -> str:
    """Return, in words, which statements have each stance: agree, disagree or pass."""
    clauses = []
    for stance, word in _STANCES.items():
        options = [option_of(value) for value in values if mark_of(value) == stance]
        if options:
            # without labels, only the number of statements is given
            clauses.append(
                voice.paired(voice(word), voice.listed(labels[each] for each in options) if labels else len(options))
            )
    return voice.clauses(clauses)
