"""Read the questions of a consultation as immutable values, which are cached for each revision of the consultation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.models import Option, Question, Words
from api.consultations.words import option_words
from api.region import places

YES_NO, SINGLE, SEVERAL, RANKING = "yes_no", "single", "several", "ranking"
SCALE, NUMBER, TEXT, PLACE = "scale", "number", "text", "place"
POINTS, STATEMENTS = "points", "statements"  # share points among options; agree, disagree or pass on each option
SITTING = 5  # statements shown before the voter is offered a break


@dataclass(frozen=True, slots=True)
class OptionContent:
    """One option: `value` is what a ballot stores.

    If the option is a proposal, `reference` is the proposal's code. `detail` is a longer text. `also` has other words,
    in any language, that residents may type for the option.
    """

    value: str
    label: Words
    detail: Words | None = None
    reference: str | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionContent:
    """One question with its options. `rules` has the limits for this kind of question, such as `least` and `most`."""

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
        """The minimum number of values in an answer."""
        return int(self.rules.get("least", 0 if self.kind == STATEMENTS else 1))

    @property
    def most(self) -> int:
        """The maximum number of values in an answer."""
        return int(self.rules.get("most", len(self.options))) if self.several else 1

    @property
    def one_choice(self) -> bool:
        """Whether a multiple-choice or ranking question allows only one choice, so that one tap answers it."""
        return self.kind in (SEVERAL, RANKING) and self.most == 1

    @property
    def one_by_one(self) -> bool:
        """Whether the options are statements, shown one after another, each with its own answer."""
        return self.kind == STATEMENTS

    @property
    def total(self) -> int:
        """The number of points to share among the options; 0 if the question has no points."""
        return int(self.rules.get("total", 0))

    @property
    def detailed(self) -> bool:
        """Whether any option has a longer text."""
        return any(option.detail for option in self.options)


@dataclass(slots=True)
class Contents:
    """A cache of questions by (consultation id, revision). Every change of a consultation raises its revision."""

    _known: dict[tuple[int, int], tuple[QuestionContent, ...]] = field(default_factory=dict)

    async def get(self, session: AsyncSession, *, consultation_id: int, revision: int) -> tuple[QuestionContent, ...]:
        """Return the questions in order. They are read from the database only once for each revision."""
        key = (consultation_id, revision)
        if key not in self._known:
            self._known[key] = await read(session, consultation_id=consultation_id)
        return self._known[key]


def option_aliases(questions: Sequence[QuestionContent]) -> list[str]:
    """Return a line for each option that has other words besides its label.

    The line gives the question, the option and the words.
    """
    return [
        f"question {place}, option {at} ({option.label['fr']}): {', '.join(option.also)}"
        for place, question in enumerate(questions, start=1)
        for at, option in enumerate(question.options, start=1)
        if option.also
    ]


async def read(session: AsyncSession, *, consultation_id: int) -> tuple[QuestionContent, ...]:
    """Read the questions of a consultation from the database, in order."""
    joined = await session.execute(
        select(Question, Option)
        .outerjoin(Option, Option.question_id == Question.id)
        .where(Question.consultation_id == consultation_id)
        .order_by(Question.position, Option.position)
    )
    by_question: dict[int, tuple[Question, list[Option]]] = {}
    for question, option in joined:
        options = by_question.setdefault(question.id, (question, []))[1]
        if option is not None:
            options.append(option)
    words = await option_words.in_force(session, consultation_id)
    also = {option: tuple(row.word for row in rows) for option, rows in words.items()}
    return tuple(_content(question, options, also) for question, options in by_question.values())


def _content(question: Question, options: list[Option], also: Mapping[int, tuple[str, ...]]) -> QuestionContent:
    chosen = tuple(
        OptionContent(str(each.id), each.label, each.detail, each.reference, also.get(each.id, ())) for each in options
    )
    if question.kind == PLACE:
        chosen = tuple(OptionContent(place.code, place.words) for place in places.provinces())
    return QuestionContent(id=question.id, kind=question.kind, text=question.text, rules=question.rules, options=chosen)
