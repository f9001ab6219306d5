"""What the signs of a published list mean: for each question its text, its options as the list has them, and totals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations import content
from api.consultations.answer_rules import allowed
from api.consultations.content import POINTS, TEXT, YES_NO, QuestionContent
from api.consultations.receipts.list_format import OWN_WORDS, shown
from api.i18n import Voice
from api.results import counting, vote_counts


@dataclass(frozen=True, slots=True)
class Counted:
    """A closed consultation's questions, and by question how many ballots hold each value."""

    questions: Sequence[QuestionContent]
    values: Mapping[int, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Row:
    """One answer: how the list writes it, what it means, and its total."""

    sign: str
    name: str
    total: str


@dataclass(frozen=True, slots=True)
class Explained:
    """One question in the reader's language; `head` names its totals."""

    text: str
    head: str
    rows: Sequence[Row]


async def counted(session: AsyncSession, consultation_id: int) -> Counted:
    """Count a closed consultation: two statements. Totals of all ballots together are public whatever their size."""
    questions = await content.read(session, consultation_id=consultation_id)
    values: dict[int, dict[str, int]] = {question.id: {} for question in questions}
    for question, found in (await counting.totals(session, consultation_id)).items():
        values[question] |= {value: count for value, (count, _) in found.items()}
    return Counted(questions, values)


def explained(found: Counted, voice: Voice) -> list[Explained]:
    """Each question with what its signs mean, in order."""
    return [
        Explained(
            text=voice.pick(question.text),
            head=voice("page.points") if question.kind == POINTS else voice("page.votes"),
            rows=list(_rows(question, found.values[question.id], voice)),
        )
        for question in found.questions
    ]


def _rows(question: QuestionContent, given: Mapping[str, int], voice: Voice) -> Iterator[Row]:
    if question.kind == TEXT:
        yield Row(OWN_WORDS, voice("page.own"), str(sum(given.values())))
    elif question.options:
        for option in question.options:
            yield Row(
                shown(question, [option.value]), voice.pick(option.label), _total(question, given, option.value, voice)
            )
    else:
        names = {"yes": voice("word.yes"), "no": voice("word.no")} if question.kind == YES_NO else {}
        for value in allowed(question) if question.kind != content.NUMBER else sorted(given, key=float):
            yield Row(value, names.get(value, value), str(given.get(value, 0)))


def _total(question: QuestionContent, given: Mapping[str, int], option: str, voice: Voice) -> str:
    """What an option has: votes, points, or how many took which stance."""
    if question.one_by_one:
        found = vote_counts.stances(given, option)
        stances = {
            voice("word.agree"): found.agree,
            voice("word.disagree"): found.disagree,
            voice("word.pass"): found.passed,
        }
        return voice.clauses(voice.paired(word, count) for word, count in stances.items())
    return str(
        vote_counts.points_of(given, option) if question.kind == POINTS else vote_counts.voters_of(given, option)
    )
