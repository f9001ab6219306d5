"""Results of votes on proposals in /v1 and `sawt results`: points, stances, consensus, thresholds."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from io import StringIO
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st
from rich.console import Console

from api import suppression
from api.consultations import decision
from api.consultations.content import OptionContent, QuestionContent
from api.consultations.counts import breakdown
from api.results import vote_counts
from api.results.schemas import Results
from sawt.cli.voting.result_tables import tables
from tests.api.office import CONSULTATIONS, call, draft
from tests.consultations import proposal, question, vote, words
from tests.people import PEOPLE, joined
from tests.world import World

PROVINCES = ("Al Hoceima", "Chefchaouen", "Tétouan", "Larache", "Ouezzane")


def content(kind: str, **rules: Any) -> QuestionContent:
    return QuestionContent(1, kind, words("round"), rules, tuple(OptionContent(each, words(each)) for each in "78"))


@pytest.mark.parametrize(
    ("kind", "counts", "threshold", "chosen"),
    [
        ("several", {"7": 3, "8": 2}, 3, [True, False]),
        ("ranking", {"7": 1}, 1, [True, False]),
        ("points", {"7:5": 2, "7:1": 1, "8:10": 1}, 11, [True, False]),
        ("points", {"7:5": 2, "7:1": 1, "8:12": 1}, 11, [True, True]),
        ("statements", {"7:yes": 3, "7:no": 2, "8:yes": 3, "8:no": 3, "8:skip": 9}, 3, [True, False]),
        ("statements", {"7:yes": 2, "8:skip": 9}, 3, [False, False]),
        ("several", {"7": 3}, None, [None, None]),
    ],
)
def test_what_reaches_the_threshold_is_chosen(
    kind: str, counts: dict[str, int], threshold: int | None, chosen: list[bool | None]
) -> None:
    rules = {} if threshold is None else {"threshold": threshold}
    counted = {value: (count, count) for value, count in counts.items()}  # in a ranking, all in first place
    outcome = decision.decide(content(kind, **rules), counted, voters=max(counts.values()))
    assert [outcome[option].chosen for option in "78"] == chosen


def test_options_with_the_same_first_digit_are_counted_apart() -> None:
    counts = {"7:5": 1, "77:5": 2, "7:yes": 1}
    assert (vote_counts.points_of(counts, "7"), vote_counts.points_of(counts, "77")) == (5, 10)
    assert (vote_counts.voters_of(counts, "7"), vote_counts.voters_of(counts, "77")) == (2, 2)


def consensus(by: Mapping[str, Mapping[str, int]], option: str) -> dict[str, float | None]:
    """The displayed share of agreement in each group."""
    agree, disagree = breakdown.stances(by, option).values()
    return {group: vote_counts.share(count, disagree[group]) for group, count in agree.items()}


sizes = st.dictionaries(st.sampled_from(PROVINCES), st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=5)


@drawn(sizes)
def test_a_small_group_is_hidden_and_cannot_be_worked_out(groups: dict[str, tuple[int, int]]) -> None:
    by = {
        "7:yes": {name: agree for name, (agree, _) in groups.items() if agree},
        "7:no": {name: disagree for name, (_, disagree) in groups.items() if disagree},
        "8:yes": {"Larache": 99},
    }
    shares = consensus(by, "7")
    assert set(shares) == {name for name, (agree, disagree) in groups.items() if agree + disagree}
    hidden = [name for name, share in shares.items() if share is None]
    for name, share in shares.items():
        agree, disagree = groups[name]
        assert share is None or (
            agree + disagree >= suppression.FEWEST and share == round(agree / (agree + disagree), 3)
        )
    assert len(hidden) != 1 or len(shares) == 1
    assert sum(map(sum, (groups[name] for name in hidden))) >= suppression.FEWEST or len(hidden) in (0, len(shares))


def test_large_groups_are_all_shown() -> None:
    by = {"7:yes": {"Larache": 9, "Tétouan": 20}, "7:no": {"Larache": 3}}
    assert consensus(by, "7") == {"Larache": 0.75, "Tétouan": 1.0}


async def test_points_and_stances_over_the_api_and_the_command(own_world: World) -> None:
    await own_world.close("plan")
    await own_world.open({**vote("points", total=10, threshold=9), "code": "shares"})
    for channel, text in (("sms", "a6 b4"), ("telegram", "b5 c5"), ("sms", "1:3, 2:1")):
        await (await joined(own_world, channel, "fr")).say(text)
    await own_world.close("shares")
    await own_world.open({**vote("statements", options=2, threshold=1), "code": "stances"})
    for number, channel in enumerate([*PEOPLE, *PEOPLE, "sms"]):
        person = await joined(own_world, channel, "fr")
        await person.pick(1 if number else 2)
        await person.pick(1)
    shares = (await call(own_world, "GET", f"{CONSULTATIONS}/shares/results")).json()["questions"][0]
    assert [each["points"] for each in shares["answers"]] == [9, 10, 5, 0, 0, 0]
    assert [each["count"] for each in shares["answers"]] == [2, 3, 1, 0, 0, 0]
    assert [each["chosen"] for each in shares["answers"]] == [True, True, False, False, False, False]
    assert shares["answers"][1]["by"]["channel"] == {"sms": None, "telegram": None}
    assert shares["answers"][1]["reference"] == "proposal-2"
    assert shares["threshold"] == 9
    stances = (await call(own_world, "GET", f"{CONSULTATIONS}/stances/results")).json()["questions"][0]["answers"]
    total: Counter[str] = Counter()
    for each in stances:
        total.update({name: each["stances"][name] for name in ("agree", "disagree", "passed")})
        assert each["count"] == 5
        assert each["consensus"] == {"01.571 Tétouan": None}
        assert "yes" not in json.dumps(each["by"])
    assert total == {"agree": 9, "disagree": 1, "passed": 0}
    shown = printed(await own_world.results("shares"))
    assert "texte option 1 (9 points; chosen)" in shown
    assert "texte option 3 (5 points)" in shown
    assert "5 agree, 0 disagree, 0 pass; chosen" in printed(await own_world.results("stances"))


def printed(results: Results) -> str:
    """The output of `sawt results`."""
    console = Console(width=200, file=StringIO())
    with console.capture() as capture:
        for table in tables(results):
            console.print(table)
    return capture.get()


INVALID: tuple[tuple[dict[str, Any], str], ...] = (
    (question("points", options=3), "needs a 'total'"), (question("several", options=3, total=5), "needs a 'total'"),
    (question("points", options=10, total=10), "2 to 9 options"), (question("points", options=3, total=1), "total"),
    (question("points", options=3, total=101), "total"), (question("points", options=3, total=2, least=3), "total"),
    (question("statements", options=51), "2 to 50 options"),
    (question("statements", options=3, most=2), "'least' or 'most'"),
    (question("several", options=13), "2 to 12 options"), (question("single", options=3, sitting=2), "sitting"),
    (question("yes_no", threshold=2), "threshold"), (question("several", options=2, threshold=0), "threshold"),
    ({**question("several"), "options": [{**proposal(1), "detail": words("x" * 300)}, proposal(2)]}, "detail"),
    ({**question("several"), "options": [{**proposal(1), "detail": {"fr": "seul"}}, proposal(2)]}, "detail"),
    ({**question("several"), "options": [{**proposal(1), "reference": "x" * 41}, proposal(2)]}, "reference"),
)  # fmt: skip


@pytest.mark.parametrize(("asks", "named"), INVALID, ids=range(len(INVALID)))
async def test_rounds_that_are_not_well_formed(world: World, asks: dict[str, Any], named: str) -> None:
    answer = await call(world, "POST", CONSULTATIONS, json=draft(questions=[asks]))
    assert answer.status_code == 422
    faults = answer.json()["faults"]
    assert any(named in f"{fault['field']} {fault['message']}" for fault in faults), faults
