"""Groups under ten are hidden in every breakdown, and cannot be derived from what is shown."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from api import suppression
from api.region import places
from api.results.schemas import Results
from sawt.cli.voting.result_tables import tables
from tests.api.office import CONSULTATIONS, call
from tests.ballots import stuff
from tests.world import World

sizes = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 25))


@given(sizes, st.sets(st.sampled_from("abcdef")))
def test_those_hidden_are_enough_together(groups: dict[str, int], also: set[str]) -> None:
    hidden = suppression.hidden(groups, also=also)
    assert also <= hidden
    assert all(group in hidden for group, size in groups.items() if 0 < size < suppression.FEWEST)
    people = sum(groups.get(group, 0) for group in hidden)
    assert people == 0 or people >= suppression.FEWEST or all(group in hidden for group, size in groups.items() if size)


@pytest.mark.parametrize(
    ("groups", "hidden"),
    [
        ({"a": 10, "b": 12}, ""), ({"a": 9, "b": 12, "c": 40}, "ab"), ({"a": 4, "b": 6, "c": 40}, "ab"),
        ({"a": 4, "b": 5, "c": 40, "d": 11}, "abd"), ({"a": 3}, "a"), ({"a": 0, "b": 20}, ""), ({}, ""),
    ],
)  # fmt: skip
def test_the_only_small_one_takes_the_next_along(groups: dict[str, int], hidden: str) -> None:
    assert suppression.hidden(groups) == set(hidden)


PLACES = {code: places.label(code) for code in ("01.571", "01.051", "01.151", "01.405")}


def electorate() -> Iterable[tuple[str, str, bool, Sequence[int]]]:
    """Two large provinces, one of eleven, one of four; two people vote through agents; many skip the second
    question.
    """
    chance = random.Random(3)
    for province, count in zip(PLACES, (40, 25, 11, 4), strict=True):
        for place in range(count):
            chosen = (chance.randrange(3), chance.randrange(2))
            channel = "telegram" if place % 3 else "sms"
            yield province, channel, province == "01.571" and place < 2, chosen[: 1 if place % 4 else 2]


async def test_no_breakdown_shows_a_small_group_nor_lets_it_be_worked_out(quiet_world: World) -> None:
    people = list(electorate())
    await stuff(quiet_world, people)
    results = Results.model_validate((await call(quiet_world, "GET", f"{CONSULTATIONS}/plan/results")).json())
    assert results.ballots == len(people)
    small_one, partner = PLACES["01.405"], PLACES["01.151"]
    assert {name for name, count in results.groups["province"].items() if count is None} == {small_one, partner}
    assert set(results.groups["answered by"].values()) == {None}  # two by an agent, so everybody else is hidden too
    assert None not in results.groups["channel"].values()
    for question, least in zip(results.questions[:2], (1, 2), strict=True):
        answered = Counter(PLACES[province] for province, _, _, chosen in people if len(chosen) >= least)
        hidden = {name for each in question.answers for name, count in each.by["province"].items() if count is None}
        assert {small_one, partner} <= hidden
        assert sum(answered[name] for name in hidden if name in answered) >= suppression.FEWEST
        for each in question.answers:
            shown = each.by["province"]
            assert set(shown) == set(PLACES.values())
            assert {name for name, count in shown.items() if count is None} == hidden  # nor are groups left out
            assert all(answered[name] >= suppression.FEWEST for name in set(shown) - hidden)
    first = {each.value: each for each in results.questions[0].answers}
    counted = Counter(place for province, _, _, (place, *_) in people if province == "01.571")
    assert [each.by["province"]["01.571 Tétouan"] for each in first.values()] == [counted[place] for place in range(3)]


async def test_the_terminal_says_hidden(quiet_world: World) -> None:
    await stuff(quiet_world, list(electorate()))
    console = Console(width=250, file=StringIO())
    with console.capture() as printed:
        for table in tables(await quiet_world.results()):
            console.print(table)
    lines = [line for line in printed.get().splitlines() if "Ouezzane" in line]
    assert lines
    assert "hidden" in lines[0]
    assert "4" not in lines[0].replace(PLACES["01.405"], "")
