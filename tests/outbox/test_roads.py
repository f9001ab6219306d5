"""The routing table: what a rule means, error messages about settings, and SQL that agrees with Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, String, column, select, values

from api.db import Database
from api.errors import Invalid
from api.routing.roads import PREFIX, Priority, Road, Roads, Route, prefix_of

A, B, C = (Road(name=name, provider=f"of-{name}", sender=f"+21260000000{name}") for name in "123")
BOT = Road(name="bot", provider="telegram", channel="telegram")
SMS = (A, B, C)
PREFIXES = ("", "+", "+2", "+212", "+2126", "+21260", "+21261", "+33")
PURPOSES = (None, "invite", "remind")
PRIORITIES: tuple[Priority | None, ...] = (None, "reply", "notice", "campaign")


def pick(roads: Roads, **conditions: Any) -> str:
    usual: dict[str, Any] = {"purpose": "invite", "priority": "campaign", "prefix": "+21260", "who": 1}
    return roads.pick("sms", **{**usual, **conditions})


@pytest.mark.parametrize(
    ("route", "fits"),
    [
        ({}, True),
        ({"prefix": "+2126"}, True),
        ({"prefix": "+33"}, False),
        ({"purpose": "invite"}, True),
        ({"purpose": "remind"}, False),
        ({"priority": "campaign"}, True),
        ({"priority": "reply"}, False),
        ({"prefix": "+212", "purpose": "invite", "priority": "campaign"}, True),
        ({"prefix": "+212", "purpose": "invite", "priority": "notice"}, False),
    ],
)
def test_a_rule_fits_where_all_of_it_does(route: dict[str, Any], fits: bool) -> None:
    assert pick(Roads(SMS, [Route(roads={"2": 1}, **route)])) == ("2" if fits else "1")


def test_the_first_rule_that_fits_counts_and_else_the_first_road() -> None:
    roads = Roads((*SMS, BOT), [Route(prefix="+212", roads={"2": 1}), Route(roads={"3": 1})])
    assert pick(roads) == "2"
    assert pick(roads, prefix="+33600") == "3"
    assert pick(roads, prefix=None) == "3"
    assert roads.pick("telegram", purpose="", priority="reply", prefix=None, who=1) == "bot"
    assert Roads(()).pick("sms", purpose="", priority="reply", prefix=None, who=1) == "sms"


@pytest.mark.parametrize("shares", [{"1": 1, "2": 1}, {"1": 70, "2": 30}, {"1": 1, "2": 2, "3": 7}])
@pytest.mark.parametrize("first", [1, 1_000_000])
def test_shares_come_out_right_for_people_who_joined_one_after_another(shares: dict[str, int], first: int) -> None:
    roads, people = Roads(SMS, [Route(roads=shares)]), 2000
    picked = Counter(pick(roads, who=who) for who in range(first, first + people))
    for name, share in shares.items():
        assert picked[name] == pytest.approx(people * share / sum(shares.values()), abs=people / 100)


@pytest.mark.parametrize(
    ("roads", "routes", "why"),
    [
        ([A, A], [], "two roads have the same name"),
        (
            [A, B.model_copy(update={"backup": ("9",)})],
            [],
            "the backup of 2 names 9, which is not a road of the channel",
        ),
        ([BOT, A.model_copy(update={"backup": ("bot",)})], [], "the backup of 1 names bot"),
        ([A.model_copy(update={"backup": ("1",)})], [], "the road 1 cannot be its own backup"),
        ([A], [Route(roads={"2": 1})], "a route names 2, which is not a road of the channel sms"),
        ([A, BOT], [Route(roads={"bot": 1})], "a route names bot"),
    ],
)
def test_names_that_do_not_fit_are_said_in_words(roads: list[Road], routes: list[Route], why: str) -> None:
    with pytest.raises(Invalid, match=why):
        Roads(roads, routes)


def test_a_road_is_found_by_its_name_within_its_channel() -> None:
    roads = Roads((A, BOT, B))
    assert [roads.get(name, "sms").name for name in ("1", "2", "9", "bot", "")] == ["1", "2", "1", "1", "1"]
    assert roads.get("1", "telegram") is BOT
    assert (roads.get("x", "toy").name, roads.get("x", "toy").per_second) == ("toy", 100.0)


def test_a_reply_goes_back_on_the_road_it_came_by() -> None:
    two = B.model_copy(update={"provider": "of-1"})
    roads = Roads((A, two))
    assert roads.incoming("of-1", "+212600000002") == "2"
    assert roads.incoming("of-1", "212600000002") == "2"  # Kannel omits the plus
    assert roads.incoming("of-1", "5757") == "1"
    assert roads.incoming("elsewhere", "5757") == "elsewhere"


def test_stand_ins_take_over_in_their_order() -> None:
    first = A.model_copy(update={"backup": ("2", "3")})
    roads = Roads((first, B.model_copy(update={"backup": ("1",)}), C))
    covers = {name: list(roads.backed_up_by(name)) for name in "123"}
    assert covers == {"1": [("2", ("2",))], "2": [("1", ("1",))], "3": [("1", ("1", "2"))]}


@pytest.mark.parametrize(
    ("address", "prefix"),
    [("+212600000001", "+21260"), ("+3360000000", "+33600"), ("+21260000", None), ("5757", None), ("2000001", None)],
)
def test_only_of_full_numbers_a_beginning_is_kept(address: str, prefix: str | None) -> None:
    assert prefix_of(address) == prefix
    assert prefix is None or len(prefix) == PREFIX


@pytest.fixture(scope="module")
async def db(databases: Any) -> AsyncIterator[Database]:
    database = Database(await databases.fresh())
    yield database
    await database.close()


ROUTES = st.lists(
    st.builds(
        Route,
        prefix=st.sampled_from(PREFIXES),
        purpose=st.sampled_from(PURPOSES),
        priority=st.sampled_from(PRIORITIES),
        roads=st.dictionaries(st.sampled_from("123"), st.integers(1, 1000), min_size=1),
    ),
    max_size=4,
)
PEOPLE = st.lists(st.tuples(st.integers(1, 10**9), st.sampled_from((None, *PREFIXES, "+21260", "+33600"))), min_size=1)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROUTES, PEOPLE, st.sampled_from(("invite", "remind", "inform")), st.sampled_from(("reply", "campaign")))
async def test_sql_picks_as_python_does(
    db: Database, routes: list[Route], people: list[tuple[int, str | None]], purpose: str, priority: Priority
) -> None:
    roads = Roads(SMS, routes)
    rows = values(column("who", BigInteger), column("prefix", String), name="people").data(people).cte()
    conditions: dict[str, Any] = {"purpose": purpose, "priority": priority}
    picked = select(
        rows.c.who, rows.c.prefix, roads.sql_pick("sms", prefix=rows.c.prefix, who=rows.c.who, **conditions)
    )
    async with db.transaction() as session:
        rows_picked = (await session.execute(picked)).all()
    assert len(rows_picked) == len(people)
    for who, prefix, road in rows_picked:
        assert road == roads.pick("sms", prefix=prefix, who=who, **conditions)
