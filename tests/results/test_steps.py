"""While a consultation is open its counts move in steps, so that no two snapshots reveal how somebody voted."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from sqlalchemy import select, update

from api.background.schedule import timed_jobs
from api.consultations import content
from api.consultations.ballots import casting
from api.consultations.counts import snapshots
from api.consultations.counts.models import QuestionReading, Reading
from api.consultations.counts.snapshots import NOTHING, Snapshot, differing
from api.consultations.models import Ballot, Consultation
from api.results import counting
from api.results.schemas import AnswerCount, QuestionResults, Results
from sawt.cli.voting.result_tables import how_counted, tables, why_hidden
from tests.api.office import CONSULTATIONS, call
from tests.direct import DirectPerson
from tests.world import World, quiet

STEP = 10


@pytest.fixture
async def stepped(database_url: str) -> AsyncIterator[World]:
    """A quiet world whose consultation was opened with the default threshold."""
    async with quiet(database_url, smallest_count=STEP) as world:
        yield world


async def cast(world: World, *voters: int, choice: int = 0, question: int = 0) -> None:
    """Answer a question for these people, or change their answers, one second apart."""
    async with world.db.transaction() as session:
        (number,) = await session.scalars(select(Consultation.id).where(Consultation.code == "plan"))
        target = (await content.read(session, consultation_id=number))[question]
        values = [option.value for option in target.options] or ["yes", "no"]
        for each in voters:
            world.now.advance(seconds=1)
            voter = casting.Voter(str(each).encode(), "sms", "fr", "01.571")
            await casting.cast(
                session,
                consultation_id=number,
                voter=voter,
                question=target,
                values=[values[choice]],
                now=world.now(),
            )


async def read(world: World, *, later: float = 1.0) -> Results:
    """Advance the clock by some hours, take a snapshot, and read the results."""
    world.now.advance(hours=later)
    async with world.db.transaction() as session:
        await snapshots.take(session, now=world.now())
    answer = await call(world, "GET", f"{CONSULTATIONS}/plan/results")
    return Results.model_validate(answer.json())


def counts(results: Results, question: int = 0) -> list[int | None]:
    return [each.count for each in results.questions[question].answers]


async def test_nothing_is_counted_live(stepped: World) -> None:
    await read(stepped)
    await cast(stepped, *range(25), choice=1)
    results = await read(stepped, later=0)
    assert (results.shown, results.ballots, results.complete) == ("steps", None, None)
    assert counts(results) == [None, None, None]
    assert results.groups == {name: {} for name in ("province", "language", "channel", "answered by")}
    results = await read(stepped)
    assert results.ballots == 20  # in whole steps
    assert (results.questions[0].answered, counts(results)) == (15, [0, 15, 0])  # the latest ten are held back
    assert results.questions[0].read_at == snapshots.full_hour(stepped.now())
    assert counts(results, 1) == [None, None]


async def test_one_ballot_or_one_change_between_two_readings_is_not_seen(stepped: World) -> None:
    await cast(stepped, *range(12))
    await cast(stepped, *range(12, 24), choice=1)
    before = await read(stepped)
    for change in ({"voters": (100,), "choice": 2}, {"voters": (3,), "choice": 2}, {"voters": (100,), "choice": 0}):
        await cast(stepped, *change["voters"], choice=change["choice"])
        assert (await read(stepped)).model_dump() == before.model_dump()


async def test_what_differs_between_two_readings_is_a_step_for_each_question(stepped: World) -> None:
    await cast(stepped, *range(30))
    before = await read(stepped)
    assert counts(before) == [20, 0, 0]
    await cast(stepped, *range(100, 120), question=1)
    await cast(stepped, 100, choice=2)  # many take part, but only one answers the first question
    after = await read(stepped)
    assert counts(after, 1) == [10, 0]
    assert counts(after) == counts(before)


async def test_exact_counts_whenever_it_closes_differ_from_every_reading_by_a_step(stepped: World) -> None:
    rng, seen = random.Random(5), list[Snapshot]()
    for hour in range(14):
        for voter in (*range(hour * 4, hour * 4 + 4), *rng.sample(range(hour * 4 + 4), 2)):
            await cast(stepped, voter, choice=rng.randrange(3))
        results = await read(stepped)
        if results.questions[0].answered is not None:
            seen.append(_snapshot(results))
        exact = await _exact(stepped)  # what would be published now
        assert all(differing(one, exact, most=1) >= STEP for one in seen)
    assert len({one.answered for one in seen}) > 2
    for one in seen:
        assert all(differing(one, other, most=1) >= STEP or one == other for other in seen)
    await stepped.close("plan")
    final = await read(stepped, later=0)
    assert (final.shown, final.ballots, _snapshot(final)) == ("final", 56, exact)


def _snapshot(results: Results) -> Snapshot:
    counted = {each.value: (each.count or 0, 0) for each in results.questions[0].answers}
    return Snapshot(sum(count for count, _ in counted.values()), counted)


async def _exact(world: World) -> Snapshot:
    async with world.db.transaction() as session:
        (number,) = await session.scalars(select(Consultation.id).where(Consultation.code == "plan"))
        [first, *_] = await content.read(session, consultation_id=number)
        totals = (await counting.totals(session, number)).get(first.id, {})
        every = {option.value: (totals.get(option.value, (0, 0))[0], 0) for option in first.options}
        return Snapshot(sum(count for count, _ in every.values()), every)


async def test_the_readings_are_gone_after_closing(stepped: World) -> None:
    await cast(stepped, *range(30))
    await read(stepped)
    await stepped.close("plan")
    async with stepped.db.transaction() as session:
        for table in (Reading, QuestionReading):
            assert (await session.scalars(select(table))).all() == []
        assert await snapshots.take(session, now=stepped.now.later(days=1)) == 0


async def test_a_consultation_is_read_once_an_hour(stepped: World) -> None:
    await cast(stepped, *range(30))
    async with stepped.db.transaction() as session:
        assert await snapshots.take(session, now=stepped.now()) == 1
        assert await snapshots.take(session, now=stepped.now()) == 0
        [due] = await session.scalars(snapshots.due())
        assert snapshots.next_hour(due) == snapshots.full_hour(stepped.now()) + timedelta(hours=1)


async def test_what_was_opened_under_one_setting_keeps_it(stepped: World) -> None:
    stepped.settings.smallest_count = 1
    await cast(stepped, *range(5))
    async with stepped.db.transaction() as session:
        assert set(await session.scalars(select(Consultation.smallest_count))) == {STEP}
    await stepped.close("plan")
    results = await read(stepped, later=0)
    assert (results.smallest_count, results.shown, results.ballots) == (STEP, "withheld", None)


@pytest.mark.parametrize("people", [0, 1, 9])
async def test_too_few_are_counted_nowhere_after_closing(stepped: World, people: int) -> None:
    await cast(stepped, *range(people), choice=1)
    await cast(stepped, *range(people), question=1)
    await stepped.close("plan")
    results = await read(stepped, later=0)
    assert results.shown == "withheld"
    assert counts(results) == [None] * 3
    assert results.questions[3].values_given is None
    assert (await stepped.http.get("/consultations/plan/receipts.txt")).status_code == 404
    page = (await stepped.http.get("/consultations/plan/receipts", params={"lang": "fr"})).text
    assert "Moins de 10 personnes ont voté" in page
    assert "<table" not in page
    assert "/consultations/plan/receipts" not in (await stepped.http.get("/", params={"lang": "fr"})).text
    async with stepped.db.transaction() as session:
        receipts = (await session.scalars(select(Ballot.receipt))).all()
    for receipt in receipts:
        page_text = (await stepped.http.get("/receipts", params={"lang": "fr", "receipt": receipt})).text
        assert f"{receipt} : vote compté" in page_text
        assert "option" not in page_text


async def test_ten_are_enough(stepped: World) -> None:
    await cast(stepped, *range(STEP), choice=1)
    await stepped.close("plan")
    results = await read(stepped, later=0)
    assert (results.shown, results.ballots, counts(results)) == ("final", STEP, [0, STEP, 0])
    assert (await stepped.http.get("/consultations/plan/receipts.txt")).text.startswith("sawt-receipts 1 plan 10\n")


async def test_the_terminal_says_how_to_read_them(stepped: World) -> None:
    await cast(stepped, *range(30))
    results = await read(stepped)
    assert "moves in steps of 10" in how_counted(results)
    assert "20 ballots, read at" in " ".join(printed(results).split())


async def test_the_terminal_says_that_a_demonstration_is_one(quiet_world: World) -> None:
    await cast(quiet_world, 1)
    results = await quiet_world.results()
    assert how_counted(results).startswith("Live and exact")
    assert why_hidden(results) == "hidden: the group has fewer than 10 people, or would reveal one that has"
    assert "hidden" not in printed(results).partition("1. ")[2]  # a column with nothing else is left out
    assert how_counted(results.model_copy(update={"shown": "final"})) == ""


def test_a_column_is_left_out_only_where_all_of_it_is_hidden() -> None:
    by = {"language": {"ar": None, "fr": 12}}
    answer = AnswerCount(value="yes", label=None, count=22, by=by)
    other = AnswerCount(value="no", label=None, count=10, by={"language": {"ar": None, "fr": None}})
    first = QuestionResults(position=1, kind="yes_no", text={"fr": "x"}, values_given=32, answers=[answer, other])
    results = Results(
        code="x", title={"fr": "x"}, state="closed", shown="final", smallest_count=20, ballots=32, complete=32,
        agents=None, groups=by, questions=[first],
    )  # fmt: skip
    below = printed(results).partition("answer")[2]
    assert (" fr " in below, " ar " in below) == (True, False)
    assert why_hidden(results) == "hidden: the group has fewer than 20 people, or would reveal one that has"
    shown = {"language": {"fr": 32}}
    first = first.model_copy(update={"answers": [answer.model_copy(update={"by": shown})]})
    assert why_hidden(results.model_copy(update={"groups": shown, "questions": [first]})) == ""


def printed(results: Results) -> str:
    console = Console(width=250, file=StringIO())
    with console.capture() as output:
        for table in tables(results):
            console.print(table)
    return output.get()


async def test_who_took_part_is_not_told_while_it_is_open(quiet_world: World) -> None:
    person = DirectPerson.new(quiet_world, "sms")
    for word in ("plan", "français", "oui", "passer", "2"):
        await person.say(word)
    query = {"address": person.address}
    resident = (await call(quiet_world, "POST", "/v1/residents/find", json=query)).json()
    assert resident["consultations"] == []
    await quiet_world.close("plan")
    resident = (await call(quiet_world, "POST", "/v1/residents/find", json=query)).json()
    assert resident["consultations"] == ["plan"]


ballots = st.dictionaries(st.integers(0, 14), st.lists(st.sampled_from("abc"), max_size=2, unique=True), max_size=15)


@given(ballots, ballots)
def test_no_more_is_said_to_differ_than_does(before: dict[int, list[str]], after: dict[int, list[str]]) -> None:
    changed = sum(before.get(voter) != after.get(voter) for voter in {*before, *after})
    assert differing(_counted(before), _counted(after), most=2) <= changed


def _counted(cast: dict[int, list[str]]) -> Snapshot:
    counts: dict[str, Sequence[int]] = {}
    for values in cast.values():
        for rank, value in enumerate(values, start=1):
            count, ranks = counts.get(value, (0, 0))
            counts[value] = (count + 1, ranks + rank)
    return Snapshot(len(cast), counts)


def test_one_who_changes_their_mind_is_one() -> None:
    before, after = Snapshot(20, {"a": (20, 20)}), Snapshot(20, {"a": (19, 19), "b": (1, 1)})
    assert differing(before, after, most=1) == 1
    assert differing(NOTHING, before, most=1) == 20


async def test_the_clock_reads_by_itself(stepped: World) -> None:
    await cast(stepped, *range(30))
    stepped.now.advance(hours=1)
    [job] = [each for each in timed_jobs(stepped.kit, stepped.service.means) if each.name == "readings"]
    async with stepped.db.transaction() as session:
        await job.work(session, stepped.now())
    assert counts(await stepped.results()) == [20, 0, 0]


async def test_ballots_that_tell_no_moment_are_held_back_last(stepped: World) -> None:
    """Ballots from releases that did not store the time of the last change."""
    await cast(stepped, *range(25))
    async with stepped.db.transaction() as session:
        await session.execute(update(Ballot).values(changed_at=None))
    assert counts(await read(stepped)) == [15, 0, 0]
