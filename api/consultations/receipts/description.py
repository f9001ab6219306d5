"""What a receipt stands for, in words: the same by SMS, on Telegram and on the public page."""

from __future__ import annotations

from collections.abc import Sequence

from api.consultations.content import RANKING, TEXT, YES_NO, QuestionContent
from api.consultations.option_values import AGREE, DISAGREE, PASS, given_by, option_of
from api.consultations.receipts.list_format import COUNTED
from api.consultations.receipts.lookup import Checked, Standing
from api.i18n import Voice
from api.text.shortening import shortened

_ROOM = 240  # characters for the options' names of one answer; a receipt is checked, not read
_SHORTEST = 10  # characters by which an option can still be told from others
_STANCES = {AGREE: "word.agree", DISAGREE: "word.disagree", PASS: "word.pass"}


def told(found: Checked, voice: Voice, *, whole: bool = False) -> str:
    """What a receipt stands for; the choices on a line each, once everybody may see them.

    Names of options are shortened where there are many, unless the `whole` is wanted; what was said of them never is.
    """
    title = voice.pick(found.consultation.title)
    if found.standing is Standing.COUNTED and found.consultation.receipts == COUNTED:
        return voice("receipt.kept", receipt=found.receipt, title=title)
    if found.standing is Standing.COUNTED:
        return voice("receipt.counted", receipt=found.receipt, title=title)
    if found.standing is Standing.ALTERED:
        return voice("page.away")
    if found.standing is Standing.FEW:
        return voice("receipt.few", receipt=found.receipt, title=title, count=found.consultation.smallest_count)
    if found.standing is not Standing.PUBLISHED:
        return _uncounted(found, voice)
    lines = [f"{place}. {_line(question, values, voice, whole)}" for place, question, values in found.choices]
    return "\n".join((voice("receipt.published", receipt=found.receipt, title=title), *lines))


def _uncounted(found: Checked, voice: Voice) -> str:
    if found.standing is Standing.TAKEN_BACK:
        return voice("receipt.taken", receipt=found.receipt)
    if found.standing is Standing.WAITS:
        return voice("receipt.waits", receipt=found.receipt)
    if found.standing is Standing.NO_NUMBER:
        return voice("receipt.without", receipt=found.receipt)
    return voice("receipt.replaced", receipt=found.receipt)


def _line(question: QuestionContent, values: Sequence[str], voice: Voice, whole: bool) -> str:
    return chosen(question, values, voice, room=_ROOM * len(values) if whole else _ROOM)


def chosen(question: QuestionContent, values: Sequence[str], voice: Voice, *, room: int = _ROOM) -> str:
    """The values of an answer in words, with ranks and points; names share the `room`. Their own text is not shown."""
    if question.kind == TEXT:
        return voice("receipt.own")
    if question.kind == YES_NO:
        return voice("word.yes") if values[0] == "yes" else voice("word.no")
    widest = room // len(values)
    labels = {option.value: shortened(voice.pick(option.label), widest) for option in question.options}
    if question.one_by_one:
        return _stances(values, {} if widest < _SHORTEST else labels, voice)
    named = [(labels.get(option_of(value), value), given_by(value)) for value in values]
    if question.kind == RANKING:
        return voice.listed(f"{label} ({rank})" for rank, (label, _) in enumerate(named, start=1))
    return voice.listed(voice.paired(label, points) if points else label for label, points in named)


def _stances(values: Sequence[str], labels: dict[str, str], voice: Voice) -> str:
    """Stance by stance the statements it was taken on; how many they are where they cannot be named."""
    said = []
    for stance, word in _STANCES.items():
        those = [option_of(value) for value in values if given_by(value) == stance]
        if those:
            said.append(
                voice.paired(voice(word), voice.listed(labels[each] for each in those) if labels else len(those))
            )
    return voice.clauses(said)
