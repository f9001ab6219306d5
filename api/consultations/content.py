"""What a consultation asks, as an immutable value: read once per revision, then served from memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.models import Option, Question, Words
from api.consultations.words import given_words
from api.region import places

YES_NO, SINGLE, SEVERAL, RANKING = "yes_no", "single", "several", "ranking"
SCALE, NUMBER, TEXT, PLACE = "scale", "number", "text", "place"
POINTS, STATEMENTS = "points", "statements"  # points shared among options; agree, disagree or pass on each of them
SITTING = 5  # statements before a pause is offered


@dataclass(frozen=True, slots=True)
class OptionContent:
    """One option: its `value` is what a ballot holds; `detail` is its longer text, `reference` the proposal it is.

    `also` are words it is known by beside its label, of any language.
    """

    value: str
    label: Words
    detail: Words | None = None
    reference: str | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionContent:
    """One question with its options; `rules` as in the table."""

    id: int
    kind: str
    text: Words
    rules: Mapping[str, Any]
    options: tuple[OptionContent, ...] = ()

    @property
    def several(self) -> bool:
        """Whether an answer may have more than one value."""
        return self.kind in (SEVERAL, RANKING, POINTS, STATEMENTS)

    @property
    def least(self) -> int:
        """The fewest values an answer has."""
        return int(self.rules.get("least", 0 if self.kind == STATEMENTS else 1))

    @property
    def most(self) -> int:
        """The most values an answer has."""
        return int(self.rules.get("most", len(self.options))) if self.several else 1

    @property
    def one_choice(self) -> bool:
        """Whether one may be chosen at most, though its kind takes several: one tap is the whole answer."""
        return self.kind in (SEVERAL, RANKING) and self.most == 1

    @property
    def one_by_one(self) -> bool:
        """Whether its options are answered one after the other, each answer by itself."""
        return self.kind == STATEMENTS

    @property
    def total(self) -> int:
        """The points there are to share."""
        return int(self.rules.get("total", 0))

    @property
    def detailed(self) -> bool:
        """Whether its options have a longer text."""
        return any(option.detail for option in self.options)


@dataclass(slots=True)
class Contents:
    """The questions of consultations by (id, revision): a changed consultation has another revision."""

    _known: dict[tuple[int, int], tuple[QuestionContent, ...]] = field(default_factory=dict)

    async def get(self, session: AsyncSession, *, consultation_id: int, revision: int) -> tuple[QuestionContent, ...]:
        """The questions in their order; two statements the first time, none after."""
        key = (consultation_id, revision)
        if key not in self._known:
            self._known[key] = await read(session, consultation_id=consultation_id)
        return self._known[key]


def called(questions: Sequence[QuestionContent]) -> list[str]:
    """What options are called beside their labels, a line for each that has such words."""
    return [
        f"question {place}, option {at} ({option.label['fr']}): {', '.join(option.also)}"
        for place, question in enumerate(questions, start=1)
        for at, option in enumerate(question.options, start=1)
        if option.also
    ]


async def read(session: AsyncSession, *, consultation_id: int) -> tuple[QuestionContent, ...]:
    """The questions of a consultation, from the database."""
    rows = await session.execute(
        select(Question, Option)
        .outerjoin(Option, Option.question_id == Question.id)
        .where(Question.consultation_id == consultation_id)
        .order_by(Question.position, Option.position)
    )
    found: dict[int, tuple[Question, list[Option]]] = {}
    for question, option in rows:
        options = found.setdefault(question.id, (question, []))[1]
        if option is not None:
            options.append(option)
    held = await given_words.held(session, consultation_id)
    also = {option: tuple(each.word for each in words) for option, words in held.items()}
    return tuple(_content(question, options, also) for question, options in found.values())


def _content(question: Question, options: list[Option], also: Mapping[int, tuple[str, ...]]) -> QuestionContent:
    chosen = tuple(
        OptionContent(str(each.id), each.label, each.detail, each.reference, also.get(each.id, ())) for each in options
    )
    if question.kind == PLACE:
        chosen = tuple(OptionContent(place.code, place.words) for place in places.provinces())
    return QuestionContent(id=question.id, kind=question.kind, text=question.text, rules=question.rules, options=chosen)
