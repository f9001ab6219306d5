"""Explain a published list: each question with its text, how the list writes each answer, and the totals.

A sign is what the list writes for an answer, such as the position of the chosen option.
"""

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
    """The questions of a closed consultation, and how many ballots gave each answer, by question id."""

    questions: Sequence[QuestionContent]
    values: Mapping[int, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Row:
    """One possible answer to a question, with the sign that stands for it in the published list."""

    sign: str
    name: str
    total: str


@dataclass(frozen=True, slots=True)
class Explained:
    """One question in the reader's language, with its possible answers. `head` is the heading of the totals column."""

    text: str
    head: str
    rows: Sequence[Row]


async def counted(session: AsyncSession, consultation_id: int) -> Counted:
    """Return the questions of a closed consultation and their totals.

    Totals over all ballots are public, however small they are.
    """
    questions = await content.read(session, consultation_id=consultation_id)
    values: dict[int, dict[str, int]] = {question.id: {} for question in questions}
    for question, totals in (await counting.totals(session, consultation_id)).items():
        values[question] |= {value: count for value, (count, _) in totals.items()}
    return Counted(questions, values)


def explained(counts: Counted, voice: Voice) -> list[Explained]:
    """Return an explanation of each question, in order: the signs of its answers and their totals."""
    return [
        Explained(
            text=voice.pick(question.text),
            head=voice("page.points") if question.kind == POINTS else voice("page.votes"),
            rows=list(_rows(question, counts.values[question.id], voice)),
        )
        for question in counts.questions
    ]


def _rows(question: QuestionContent, counts: Mapping[str, int], voice: Voice) -> Iterator[Row]:
    if question.kind == TEXT:
        yield Row(OWN_WORDS, voice("page.own"), str(sum(counts.values())))
    elif question.options:
        for option in question.options:
            yield Row(
                shown(question, [option.value]), voice.pick(option.label), _total(question, counts, option.value, voice)
            )
    else:
        names = {"yes": voice("word.yes"), "no": voice("word.no")} if question.kind == YES_NO else {}
        for value in allowed(question) if question.kind != content.NUMBER else sorted(counts, key=float):
            yield Row(value, names.get(value, value), str(counts.get(value, 0)))


def _total(question: QuestionContent, counts: Mapping[str, int], option: str, voice: Voice) -> str:
    """Return the total of an option as text, such as its votes or points."""
    if question.one_by_one:
        by_stance = vote_counts.stances(counts, option)
        stances = {
            voice("word.agree"): by_stance.agree,
            voice("word.disagree"): by_stance.disagree,
            voice("word.pass"): by_stance.passed,
        }
        return voice.clauses(voice.paired(word, count) for word, count in stances.items())
    return str(
        vote_counts.points_of(counts, option) if question.kind == POINTS else vote_counts.voters_of(counts, option)
    )
