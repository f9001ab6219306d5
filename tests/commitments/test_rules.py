"""The rules for late milestones and the state of commitments, as tables; the longest STATUS 3 fits two SMS."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.channel import Choice
from api.commitments import rules
from api.commitments.content import CommitmentRecord
from api.commitments.fields import SHORT, STEP
from api.commitments.ground_checks import GroundResult
from api.commitments.models import Assessment, Commitment, Milestone, Plan
from api.commitments.view_schemas import OriginOut
from api.dialogue.features.commitments import describe
from api.i18n import LANGUAGES
from sawt.compose import catalogs
from sms.segments import count
from sms.text import render_sms

TODAY = date(2026, 11, 24)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
CAME_FROM = [
    OriginOut(proposal=9999, code="a", title={}, ideas=[99, 171, 12345]),
    OriginOut(proposal=9998, code="b", title={}, ideas=[]),
]
WORD = {"ar": "م", "fr": "e", "zgh": "ⴰ"}


@pytest.mark.parametrize(
    ("due_on", "status", "days"),
    [
        (YESTERDAY, None, 1),
        (YESTERDAY, "planned", 1),
        (YESTERDAY, "on_track", 1),
        (YESTERDAY, "blocked", 1),
        (YESTERDAY, "done", 0),
        (TODAY, "on_track", 0),
        (TOMORROW, "planned", 0),
        (None, "planned", 0),
        (date(2022, 11, 30), "on_track", 1455),
    ],
)
def test_a_milestone_is_late_the_day_after(due_on: date | None, status: str | None, days: int) -> None:
    assert rules.days_late(due_on, status, TODAY) == days


@pytest.mark.parametrize(
    ("status", "milestones", "state"),
    [
        (None, [], "planned"),
        (None, [(None, 0)], "planned"),
        (None, [("done", 0), (None, 0)], "on_track"),
        (None, [("on_track", 0)], "on_track"),
        (None, [("done", 0), ("done", 0)], "done"),
        (None, [("done", 0), ("planned", 3)], "late"),
        ("on_track", [("on_track", 3)], "late"),
        ("planned", [(None, 1)], "late"),
        ("on_track", [("planned", 0)], "on_track"),
        ("planned", [("done", 0)], "planned"),
        ("blocked", [("planned", 9)], "blocked"),
        ("done", [("planned", 9)], "done"),
    ],
)
def test_the_state_of_a_commitment(status: str | None, milestones: list[tuple[str | None, int]], state: str) -> None:
    assert rules.state(status, milestones) == state


@given(st.lists(st.tuples(st.none() | st.dates(), st.sampled_from(["planned", "on_track", "done", None]))))
def test_the_next_milestone_is_the_earliest_that_is_not_done(deadlines: list[tuple[date | None, str | None]]) -> None:
    place = rules.upcoming(deadlines)
    waiting = [due or date.max for due, status in deadlines if status != "done"]
    assert (place is None) == (not waiting)
    if place is not None:
        due, status = deadlines[place]
        assert status != "done"
        assert (due or date.max) == min(waiting)


def longest(status: str | None, due_on: date | None) -> CommitmentRecord:
    """Return a commitment whose label and milestone are as long as allowed."""
    label = {language: letter * SHORT for language, letter in WORD.items()}
    commitment = Commitment(id=1, plan_id=1, number=12, title=WORD, label=label, confirmed=[], provinces=[], sheet={})
    title = {language: letter * STEP for language, letter in WORD.items()}
    step = Milestone(id=1, commitment_id=1, number=1, title=title, due_on=due_on, sheet={})
    newest = {}
    if status is not None:
        newest[1, None, "operational"] = Assessment(source="operational", status=status, on=TODAY, evidence="")
    return CommitmentRecord(Plan(code="plan-2021-2023"), commitment, [step], newest)


@pytest.mark.parametrize("answers", [None, 1299])
@pytest.mark.parametrize("due_on", [date(2022, 11, 30), TOMORROW, None])
@pytest.mark.parametrize("status", ["planned", "on_track", "blocked", "done", None])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answer_is_two_sms_at_most(
    language: str, status: str | None, due_on: date | None, answers: int | None
) -> None:
    results = [] if answers is None else [GroundResult(1, 1, "01.571.01.07", "ground-1-1", "closed", answers, answers)]
    voice = catalogs().voice(language, latin=True)
    for word in (voice("word.follow"), voice("word.unfollow")):
        ways = [Choice("follow", f"{word} 12", action=True)]
        text = describe(voice, longest(status, due_on), results, CAME_FROM, TODAY)
        assert count(render_sms(text, ways)).parts <= 2, text


@pytest.mark.parametrize("language", LANGUAGES)
def test_ideas_are_named_only_if_there_is_no_ground_check(language: str) -> None:
    voice, record = catalogs().voice(language, latin=True), longest("on_track", TOMORROW)
    ideas = voice("status.ideas.named", count=2, numbers=voice.joined([99, 171]))
    assert voice("status.ideas", count=1, other="9999", ideas=ideas) in describe(voice, record, [], CAME_FROM, TODAY)
    alone = [each.model_copy(update={"ideas": []}) for each in CAME_FROM]
    assert voice("status.proposal", count=1, other="9999") in describe(voice, record, [], alone, TODAY)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_ground_check_is_shown_once_it_is_closed_and_enough_answered(language: str) -> None:
    voice, record = catalogs().voice(language, latin=True), longest("on_track", TOMORROW)
    for state, yes, shown in (("closed", 8, True), ("open", 8, False), ("closed", None, False)):
        results = [GroundResult(1, 1, "01.571.01.07", "ground-1-1", state, yes, 2 if yes else None)]
        assert (voice("status.ground", yes=yes or 7, no=2) in describe(voice, record, results, [], TODAY)) is shown
    both = [
        GroundResult(1, 1, "01.571.01.07", "a", "closed", 8, 2),
        GroundResult(1, 1, "01.511.01.01", "b", "closed", 12, 30),
    ]
    lines = describe(voice, record, both, CAME_FROM, TODAY).splitlines()
    assert lines[-2:] == [voice("status.ground", yes=20, no=32), voice("status.proposal", count=1, other="9999")]
