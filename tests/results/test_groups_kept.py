"""At closing, groups are counted into a table of their own, so that ballots no longer need facts about their voters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from api import suppression
from api.consultations import content
from api.consultations.content import OptionContent, QuestionContent
from api.consultations.counts import breakdown
from api.consultations.counts.breakdown import Division, RawDivision
from api.consultations.counts.models import GroupCount
from api.consultations.models import Ballot, Publication
from api.db import Database
from api.results.schemas import Results
from sawt.migrate import migrate
from tests.ballots import stuff
from tests.consultations import words
from tests.databases import PostgresDatabases, SqliteDatabases
from tests.results.test_small_groups import electorate
from tests.world import World, quiet


def shown(results: Results) -> list[object]:
    """All groups of the results, and of each answer."""
    return [results.groups, *(each.by for question in results.questions for each in question.answers)]


async def test_groups_are_the_same_before_and_after_closing(quiet_world: World) -> None:
    await stuff(quiet_world, list(electorate()))
    before = await quiet_world.results()
    await quiet_world.close("plan")
    after = await quiet_world.results()
    assert shown(after) == shown(before)
    assert after.groups["province"]["01.571 Tétouan"] == 40
    async with quiet_world.db.transaction() as session:
        facts = (Ballot.province, Ballot.language, Ballot.channel, Ballot.assisted)
        assert set(await session.execute(select(*facts))) == {(None,) * 4}
        few = select(GroupCount.name).where(GroupCount.count.between(1, suppression.FEWEST - 1), GroupCount.value == "")
        assert (await session.scalars(few)).all() == []  # hidden counts are not stored either


async def test_of_too_few_no_groups_are_kept(database_url: str) -> None:
    async with quiet(database_url, smallest_count=10) as world:
        await stuff(world, [("01.571", "sms", False, (0, 1))] * 9)
        await world.close("plan")
        async with world.db.transaction() as session:
            assert await session.scalar(select(func.count()).select_from(GroupCount)) == 0
            assert set(await session.scalars(select(Ballot.channel))) == {None}


async def test_what_an_older_service_closed_is_treated_alike(databases: SqliteDatabases | PostgresDatabases) -> None:
    url = await databases.fresh()
    async with quiet(url) as world:
        await stuff(world, list(electorate()))
        before = await world.results()
        await world.close("plan")
        digest = await _digest(world)
        async with world.db.transaction() as session:  # as the older release left it
            await session.execute(text("DELETE FROM group_counts"))
            numbers = (await session.scalars(select(Ballot.id).order_by(Ballot.id))).all()
            for number, (province, channel, assisted, _) in zip(numbers, electorate(), strict=True):
                facts = {"province": province, "channel": channel, "assisted": assisted, "language": "fr"}
                await session.execute(Ballot.__table__.update().where(Ballot.id == number).values(**facts))
        for _ in range(2):
            await migrate(world.db)
            assert shown(await world.results()) == shown(before)
            async with world.db.transaction() as session:
                assert set(await session.scalars(select(Ballot.channel))) == {None}
        assert await _digest(world) == digest
        assert (await world.http.get("/consultations/plan/receipts.txt")).status_code == 200


async def _digest(world: World) -> str:
    async with world.db.transaction() as session:
        return (await session.scalars(select(Publication.digest))).one()


async def test_ballots_and_answers_survive_the_new_columns(databases: SqliteDatabases | PostgresDatabases) -> None:
    db = Database(await databases.empty())
    await migrate(db, "0036")
    rows = (
        "INSERT INTO consultations (id, code, title, state, revision, created_at, invited_only)"
        " VALUES (1, 'plan', '{}', 'open', 1, '2026-11-24 10:00:00', false)",
        "INSERT INTO questions (id, consultation_id, position, kind, text, rules)"
        " VALUES (1, 1, 0, 'yes_no', '{}', '{}')",
        "INSERT INTO ballots (id, consultation_id, voter, receipt, channel, language, complete, cast_on, assisted)"
        " VALUES (5, 1, 'v', 'ABCD2345', 'sms', 'fr', true, '2026-11-24', true)",
        "INSERT INTO answers (ballot_id, question_id, rank, value) VALUES (5, 1, 0, 'yes')",
    )
    async with db.transaction() as session:
        for each in rows:
            await session.execute(text(each))
    await migrate(db)
    async with db.transaction() as session:
        ballot = (await session.execute(text("SELECT channel, language, assisted FROM ballots"))).one()
        assert (ballot.channel, ballot.language, bool(ballot.assisted)) == ("sms", "fr", True)
        assert await session.scalar(text("SELECT value FROM answers")) == "yes"
    await db.close()


ASKED = tuple(
    QuestionContent(number, content.SINGLE, words("x"), {}, tuple(OptionContent(each, words(each)) for each in "ab"))
    for number in (1, 2)
)
Cast = tuple[str, str | None, str | None]  # the group, and the answer to each question
KINDS = tuple((first, second) for first in ("a", "b", None) for second in ("a", "b", None))
few_or_many = st.sampled_from((0, 0, 0, 0, 1, 2, 5, 9, 10, 11, 14, 30))
casts = st.dictionaries(
    st.sampled_from("pqrst"), st.lists(few_or_many, min_size=len(KINDS), max_size=len(KINDS)), min_size=2
).map(
    lambda drawn: [
        (group, *kind)
        for group, many in drawn.items()
        for kind, count in zip(KINDS, many, strict=True)
        for _ in range(count)
    ]
)


def counted(cast: Sequence[Cast]) -> RawDivision:
    """Count ballots as one division."""
    raw = RawDivision()
    for group, *answers in cast:
        raw.ballots[group] += 1
        for question, value in zip(ASKED, answers, strict=True):
            if value is not None:
                raw.answered.setdefault(question.id, Counter())[group] += 1
                raw.chosen.setdefault(question.id, {}).setdefault(value, Counter())[group] += 1
    return raw


@settings(max_examples=400)
@given(casts)
@example([*[("p", "a", "a")] * 12, *[("q", "a", "a")] * 12, *[("q", "b", "a")] * 12, *[("r", "b", None)] * 20])
@example([("p", "a", "b"), ("p", "b", "a"), ("q", "b", "a"), *[(each, *kind) for each in "rs" for kind in KINDS * 3]])
@example([*[("p", "a", "a")] * 9, *[("p", None, None)] * 3, *[("q", "a", "b")] * 12, *[("r", "a", "a")] * 20])
def test_no_hidden_group_can_be_worked_out(cast: list[Cast]) -> None:
    """Use everything that is shown of a division: sizes and answers of visible groups, and the totals."""
    raw = counted(cast)
    division = breakdown.suppress(raw, ASKED)
    everywhere = {name for name, count in division.groups.items() if count is None}
    assert _is_safe(raw.ballots, everywhere)
    assert all(count is None or count >= suppression.FEWEST for count in division.groups.values())
    for question in ASKED:
        hidden = {name for name, count in division.by(question.id, "a").items() if count is None}
        answered = raw.answered.get(question.id, Counter())
        assert everywhere <= hidden == {name for name, count in division.by(question.id, "b").items() if count is None}
        assert _is_safe(answered, hidden)
        assert all(answered[name] == 0 or answered[name] >= suppression.FEWEST for name in set(raw.ballots) - hidden)
        for name in hidden - everywhere:  # its size is shown, so it must be able to have no answers, or ten people more
            others = sum(count for each, count in raw.ballots.items() if each in hidden and each != name)
            least = max(0, sum(answered[each] for each in hidden) - others)
            assert least == 0 or raw.ballots[name] - least >= suppression.FEWEST
        for groups in (*([name] for name in set(raw.ballots) - hidden), hidden):
            assert not _all_alike(raw, division, question.id, groups)


def _is_safe(sizes: Counter[str], hidden: set[str]) -> bool:
    """Either nothing is hidden, or everything, or several groups with enough people together."""
    people = sum(sizes[name] for name in hidden)
    everything = {name for name in sizes if sizes[name]} <= hidden
    return not hidden or everything or (len(hidden) > 1 and (people == 0 or people >= suppression.FEWEST))


def _all_alike(raw: RawDivision, division: Division, question: int, groups: Sequence[str] | set[str]) -> bool:
    """Whether these groups all gave one answer that not everybody gave, unless all groups are hidden anyway."""
    chosen, answered = raw.chosen.get(question, {}), raw.answered.get(question, Counter())
    in_groups = sum(answered[name] for name in groups)
    if not in_groups or set(groups) >= {name for name in answered if answered[name]}:
        return False
    return any(
        sum(counts[name] for name in groups) == in_groups and counts.total() < answered.total()
        for counts in chosen.values()
    )
