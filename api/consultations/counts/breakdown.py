"""The ballots of a consultation divided by groups of people, of which none is shown that is small or tells too much."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from api import suppression
from api.consultations import content
from api.consultations.answer_rules import allowed
from api.consultations.content import QuestionContent
from api.consultations.counts.models import GroupCount
from api.consultations.models import Answer, Ballot, Consultation
from api.consultations.option_values import AGREE, DISAGREE, mark, option_of
from api.consultations.voter_numbers import APART, counts_in
from api.region import places

PROVINCE = "province"
NUMBER = "number"  # of consultations that count those without one apart
DIVISIONS = (PROVINCE, "language", "channel", "answered by", NUMBER)
_FACTS = (Ballot.province, Ballot.language, Ballot.channel, Ballot.assisted, Ballot.numbered)
_ANYHOW = (content.TEXT, content.PLACE, content.STATEMENTS)  # all of a group may well answer these alike

Key = tuple[int, str]  # a question, and an option of it or another value


@dataclass(slots=True)
class Division:
    """Ballots divided one way, as it is shown: of each group how many there are, none where it is hidden; and how many
    of them say something of an option. Of a statement also how many agree and disagree, where that may be seen.
    """

    groups: dict[str, int | None] = field(default_factory=dict)
    voters: dict[Key, dict[str, int | None]] = field(default_factory=dict)

    def by(self, question: int, value: str) -> dict[str, int | None]:
        """How many of each group say something of an option; none of those hidden."""
        return self.voters.get((question, value), {})


@dataclass(slots=True)
class Raw:
    """Ballots divided one way before anything is hidden: all, those that answer a question, those that hold a value."""

    ballots: Counter[str] = field(default_factory=Counter)
    answered: dict[int, Counter[str]] = field(default_factory=dict)
    held: dict[int, dict[str, Counter[str]]] = field(default_factory=dict)


async def divided(
    session: AsyncSession, consultation: Consultation, questions: Sequence[QuestionContent]
) -> dict[str, Division]:
    """All divisions of a consultation whose ballots still say of whom they are."""
    fewest = max(consultation.smallest_count, suppression.FEWEST)
    raw = await _raw(session, consultation.id, [each.id for each in questions if each.kind != content.TEXT])
    names = DIVISIONS if consultation.numbers == APART else tuple(name for name in DIVISIONS if name != NUMBER)
    return {name: shown(raw[name], questions, fewest=fewest) for name in names}


async def keep(session: AsyncSession, consultation: Consultation) -> None:
    """Count all divisions of a consultation that closes, for good, as they are shown."""
    questions = await content.read(session, consultation_id=consultation.id)
    for name, division in (await divided(session, consultation, questions)).items():
        counts: list[tuple[tuple[int | None, str], dict[str, int | None]]] = [((None, ""), division.groups)]
        counts += division.voters.items()
        rows = [
            {"consultation_id": consultation.id, "division": name, "question_id": question, "value": value,
             "name": group, "count": count}
            for (question, value), groups in counts
            for group, count in groups.items()
        ]  # fmt: skip
        if rows:
            await session.execute(insert(GroupCount), rows)


async def kept(session: AsyncSession, consultation_id: int) -> dict[str, Division]:
    """All divisions of a closed consultation."""
    found = {name: Division() for name in DIVISIONS}
    rows = await session.scalars(
        select(GroupCount).where(GroupCount.consultation_id == consultation_id).order_by(GroupCount.id)
    )
    for row in rows:
        division = found[row.division]
        name = places.relabelled(row.name) if row.division == PROVINCE else row.name
        if row.question_id is None:
            division.groups[name] = row.count
        else:
            division.voters.setdefault((row.question_id, row.value), {})[name] = row.count
    if not found[NUMBER].groups:
        del found[NUMBER]
    return found


def shown(raw: Raw, questions: Sequence[QuestionContent], *, fewest: int = suppression.FEWEST) -> Division:
    """A division as it may be shown: what is hidden in it cannot be worked out from the rest and the whole."""
    asked = {each.id: each for each in questions}
    unseen, of_each = suppression.hidden_in_all(
        raw.ballots, raw.answered, lambda number, groups: _tells(raw, asked[number], groups), fewest=fewest
    )
    groups = sorted(raw.ballots)
    made = Division(suppression.suppressed(raw.ballots, groups, unseen))
    for question in questions:
        few, held = of_each.get(question.id, unseen), raw.held.get(question.id, {})
        for option, counts in _by_option(held, question).items():
            made.voters[question.id, option] = suppression.suppressed(counts, groups, few)
            if question.one_by_one:
                found = stances(held, option, few)
                made.voters |= {(question.id, value): counted for value, counted in found.items()}
    return made


def stances(
    held: Mapping[str, Mapping[str, int]], option: str, unseen: Collection[str] = ()
) -> dict[str, dict[str, int | None]]:
    """How many of each group agree and disagree with a statement, by the value that says so.

    Only groups where anybody took either stance; none where few did, besides those that are `unseen`.
    """
    agree, disagree = (held.get(mark(option, stance), {}) for stance in (AGREE, DISAGREE))
    sizes = {group: agree.get(group, 0) + disagree.get(group, 0) for group in sorted({*agree, *disagree})}
    few = suppression.hidden(sizes, also=unseen)
    return {
        mark(option, stance): suppression.suppressed(counts, sizes, few)
        for stance, counts in ((AGREE, agree), (DISAGREE, disagree))
    }


def _by_option(held: Mapping[str, Mapping[str, int]], question: QuestionContent) -> dict[str, Counter[str]]:
    """How many ballots of each group say something of an option: no ballot says two things of one."""
    on_offer = [each.value for each in question.options] or allowed(question)
    found: dict[str, Counter[str]] = {option: Counter() for option in on_offer}
    for value, counts in held.items():
        found.setdefault(option_of(value), Counter()).update(counts)
    return found


def _tells(raw: Raw, question: QuestionContent, groups: Collection[str]) -> bool:
    """Whether all of these who answered chose the same, as not everybody did: then each of them did."""
    if question.kind in _ANYHOW:
        return False
    answered = raw.answered.get(question.id, Counter())
    ours, everybody = sum(answered[group] for group in groups), answered.total()
    return ours > 0 and any(
        sum(counts[group] for group in groups) == ours and counts.total() < everybody
        for counts in _by_option(raw.held.get(question.id, {}), question).values()
    )


async def _raw(session: AsyncSession, consultation_id: int, asked: Sequence[int]) -> dict[str, Raw]:
    """Three statements for all divisions: what they add up is few rows, whatever the number of ballots."""
    found = {name: Raw() for name in DIVISIONS}
    mine = counts_in(consultation_id)
    counted = Answer.question_id, func.count(Ballot.id.distinct())
    of_mine = select(*_FACTS, *counted).join(Ballot, Ballot.id == Answer.ballot_id).where(mine)
    for *facts, count in await session.execute(select(*_FACTS, func.count()).where(mine).group_by(*_FACTS)):
        for raw, group in _groups(found, facts):
            raw.ballots[group] += count
    for *facts, question, count in await session.execute(of_mine.group_by(*_FACTS, Answer.question_id)):
        for raw, group in _groups(found, facts):
            raw.answered.setdefault(question, Counter())[group] += count
    by_value = (
        select(*_FACTS, Answer.question_id, Answer.value, func.count())
        .join(Ballot, Ballot.id == Answer.ballot_id)
        .where(mine, Answer.question_id.in_(asked))
        .group_by(*_FACTS, Answer.question_id, Answer.value)
    )
    for *facts, question, value, count in await session.execute(by_value):
        for raw, group in _groups(found, facts):
            raw.held.setdefault(question, {}).setdefault(value, Counter())[group] += count
    return found


def _groups(found: Mapping[str, Raw], facts: Sequence[Any]) -> list[tuple[Raw, str]]:
    """The group of each division that ballots with these facts are in."""
    province, language, channel, assisted, numbered = facts
    named = (
        places.label(province),
        language or "—",
        channel or "—",
        "an agent" if assisted else "themselves",
        "without" if numbered is False else "with a number",
    )
    return list(zip(found.values(), named, strict=True))
