"""Divide the ballots of a consultation into groups of people; hide groups that are small or reveal too much.

A division is one way to group ballots: by province, language, channel, who typed them, or phone number.
"""

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
from api.consultations.option_values import AGREE, DISAGREE, option_of, value_for
from api.consultations.voter_numbers import APART, counts_in
from api.region import places

PROVINCE = "province"
NUMBER = "number"  # only for consultations that count ballots of voters without a phone number separately
DIVISIONS = (PROVINCE, "language", "channel", "answered by", NUMBER)
_FACTS = (Ballot.province, Ballot.language, Ballot.channel, Ballot.assisted, Ballot.numbered)
_ANYHOW = (content.TEXT, content.PLACE, content.STATEMENTS)  # kinds in which a whole group's one answer may be shown

Key = tuple[int, str]  # a question's id, and an option or another value


@dataclass(slots=True)
class Division:
    """Ballots divided in one way, as shown to staff. `groups` has the size of each group, or None if it is hidden.

    `voters` says how many people of each group chose each option. If it may be shown, `voters` also says how many agree
    with a statement, and how many disagree.
    """

    groups: dict[str, int | None] = field(default_factory=dict)
    voters: dict[Key, dict[str, int | None]] = field(default_factory=dict)

    def by(self, question: int, value: str) -> dict[str, int | None]:
        """Return how many people of each group chose an option of a question; None for each hidden group."""
        return self.voters.get((question, value), {})


@dataclass(slots=True)
class RawDivision:
    """Ballots divided in one way, before any group is hidden.

    Each counter gives numbers of ballots by group. `ballots` counts all ballots, `answered` counts those that answer a
    given question, and `chosen` counts those that contain a given value.
    """

    ballots: Counter[str] = field(default_factory=Counter)
    answered: dict[int, Counter[str]] = field(default_factory=dict)
    chosen: dict[int, dict[str, Counter[str]]] = field(default_factory=dict)


async def divide(
    session: AsyncSession, consultation: Consultation, questions: Sequence[QuestionContent]
) -> dict[str, Division]:
    """Return all divisions of a consultation whose ballots are not anonymised yet, with small groups hidden."""
    fewest = max(consultation.smallest_count, suppression.FEWEST)
    raw = await _raw(session, consultation.id, [each.id for each in questions if each.kind != content.TEXT])
    names = DIVISIONS if consultation.numbers == APART else tuple(name for name in DIVISIONS if name != NUMBER)
    return {name: suppress(raw[name], questions, fewest=fewest) for name in names}


async def store(session: AsyncSession, consultation: Consultation) -> None:
    """Store the counts of all divisions when a consultation closes, exactly as they are shown."""
    questions = await content.read(session, consultation_id=consultation.id)
    for name, division in (await divide(session, consultation, questions)).items():
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


async def stored(session: AsyncSession, consultation_id: int) -> dict[str, Division]:
    """Return all divisions of a closed consultation, as `store` stored them."""
    divisions = {name: Division() for name in DIVISIONS}
    rows = await session.scalars(
        select(GroupCount).where(GroupCount.consultation_id == consultation_id).order_by(GroupCount.id)
    )
    for row in rows:
        division = divisions[row.division]
        name = places.relabelled(row.name) if row.division == PROVINCE else row.name
        if row.question_id is None:
            division.groups[name] = row.count
        else:
            division.voters.setdefault((row.question_id, row.value), {})[name] = row.count
    if not divisions[NUMBER].groups:
        del divisions[NUMBER]
    return divisions


def suppress(raw: RawDivision, questions: Sequence[QuestionContent], *, fewest: int = suppression.FEWEST) -> Division:
    """Return a division as it may be shown: the counts of some groups are hidden.

    A group is hidden if it is small, or if its counts would reveal people's answers. It is also hidden if another
    hidden count could be worked out from it.
    """
    by_id = {each.id: each for each in questions}
    hidden, hidden_by_question = suppression.hidden_in_all(
        raw.ballots, raw.answered, lambda number, groups: _reveals(raw, by_id[number], groups), fewest=fewest
    )
    groups = sorted(raw.ballots)
    division = Division(suppression.suppressed(raw.ballots, groups, hidden))
    for question in questions:
        few, chosen = hidden_by_question.get(question.id, hidden), raw.chosen.get(question.id, {})
        for option, counts in _by_option(chosen, question).items():
            division.voters[question.id, option] = suppression.suppressed(counts, groups, few)
            if question.one_by_one:
                by_stance = stances(chosen, option, few)
                division.voters |= {(question.id, value): counted for value, counted in by_stance.items()}
    return division


def stances(
    chosen: Mapping[str, Mapping[str, int]], option: str, hidden: Collection[str] = ()
) -> dict[str, dict[str, int | None]]:
    """Return how many people of each group agree with a statement, and how many disagree.

    The keys are the ballot values of the two stances. Groups in which nobody took a stance are left out. For small
    groups, and for those in `hidden`, the count is None.
    """
    agree, disagree = (chosen.get(value_for(option, stance), {}) for stance in (AGREE, DISAGREE))
    sizes = {group: agree.get(group, 0) + disagree.get(group, 0) for group in sorted({*agree, *disagree})}
    few = suppression.hidden(sizes, also=hidden)
    return {
        value_for(option, stance): suppression.suppressed(counts, sizes, few)
        for stance, counts in ((AGREE, agree), (DISAGREE, disagree))
    }


def _by_option(chosen: Mapping[str, Mapping[str, int]], question: QuestionContent) -> dict[str, Counter[str]]:
    """Return how many ballots of each group chose each option."""
    on_offer = [each.value for each in question.options] or allowed(question)
    by_option: dict[str, Counter[str]] = {option: Counter() for option in on_offer}
    for value, counts in chosen.items():
        by_option.setdefault(option_of(value), Counter()).update(counts)
    return by_option


def _reveals(raw: RawDivision, question: QuestionContent, groups: Collection[str]) -> bool:
    """Whether these groups all gave one answer that others did not give, so that counts would reveal it."""
    if question.kind in _ANYHOW:
        return False
    answered = raw.answered.get(question.id, Counter())
    in_groups, everybody = sum(answered[group] for group in groups), answered.total()
    # everybody in the groups gave this answer, and somebody else another
    return in_groups > 0 and any(
        sum(counts[group] for group in groups) == in_groups and counts.total() < everybody
        for counts in _by_option(raw.chosen.get(question.id, {}), question).values()
    )


async def _raw(session: AsyncSession, consultation_id: int, question_ids: Sequence[int]) -> dict[str, RawDivision]:
    """Count the ballots of all divisions, in three SQL statements for any number of ballots."""
    divisions = {name: RawDivision() for name in DIVISIONS}
    of_this = counts_in(consultation_id)
    counted = Answer.question_id, func.count(Ballot.id.distinct())
    answers = select(*_FACTS, *counted).join(Ballot, Ballot.id == Answer.ballot_id).where(of_this)
    for *facts, count in await session.execute(select(*_FACTS, func.count()).where(of_this).group_by(*_FACTS)):
        for raw, group in _groups(divisions, facts):
            raw.ballots[group] += count
    for *facts, question, count in await session.execute(answers.group_by(*_FACTS, Answer.question_id)):
        for raw, group in _groups(divisions, facts):
            raw.answered.setdefault(question, Counter())[group] += count
    by_value = (
        select(*_FACTS, Answer.question_id, Answer.value, func.count())
        .join(Ballot, Ballot.id == Answer.ballot_id)
        .where(of_this, Answer.question_id.in_(question_ids))
        .group_by(*_FACTS, Answer.question_id, Answer.value)
    )
    for *facts, question, value, count in await session.execute(by_value):
        for raw, group in _groups(divisions, facts):
            raw.chosen.setdefault(question, {}).setdefault(value, Counter())[group] += count
    return divisions


def _groups(divisions: Mapping[str, RawDivision], facts: Sequence[Any]) -> list[tuple[RawDivision, str]]:
    """Return each division with the group that has these facts."""
    province, language, channel, assisted, numbered = facts
    groups = (
        places.label(province),
        language or "—",
        channel or "—",
        "an agent" if assisted else "themselves",
        "without" if numbered is False else "with a number",
    )
    return list(zip(divisions.values(), groups, strict=True))
