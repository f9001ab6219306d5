"""Lists of /v1 have one shape, and paging shows each row once, even if rows are added meanwhile."""

from __future__ import annotations

import base64
import json
from collections import Counter
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.errors import Invalid
from api.pagination import MOST, Cursors, PageRequest, cut
from api.proposals import transitions
from tests.api.office import call, every
from tests.campaigns.crowd import resident
from tests.listed import LISTS, ROWS, address, filled
from tests.proposals.office import idea, post
from tests.world import World

# GET routes that return no list although their path does not end in a parameter.
NO_LISTS = {
    "/v1/session",
    "/v1/campaigns/{campaign_id}/preview", "/v1/campaigns/{campaign_id}/progress",
    "/v1/campaigns/{campaign_id}/recipients.csv", "/v1/campaigns/{campaign_id}/report",
    "/v1/consultations/{code}/answers.csv",
    "/v1/consultations/{code}/file", "/v1/consultations/{code}/page", "/v1/consultations/{code}/results",
    "/v1/ideas/reasons", "/v1/overview",
    "/v1/plans/{code}/commitments.csv", "/v1/plans/{code}/commitments.json", "/v1/proposals/{code}/picture",
    "/v1/record/export",
}  # fmt: skip
ODD: list[Any] = [1.0, 1.5, True, None, [], {}, float("nan"), float("inf"), 2**63, -(2**63) - 1]
LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")  # that databases can store
YEAR = 365 * 86_400 * 10**6  # microseconds
FORGED: dict[type, tuple[list[Any], list[Any]]] = {  # by type of key: valid and invalid values
    int: ([0, -1, 2**31, 2**62, -(2**62)], [*ODD, "1", "١"]),
    str: (["", "'", "é", "x" * 300], [*ODD, 1, "a\0b"]),
    datetime: ([0, 1, 8_000 * YEAR], [*ODD, "1", "١", -1, -1_969 * YEAR, 8_100 * YEAR, 10**30]),
}
MANY = 40  # rows from which on a list is read with one limit only


async def described(world: World) -> dict[str, Any]:
    """The GET operations of the OpenAPI document, by path."""
    paths = (await call(world, "GET", "/openapi.json")).json()["paths"]
    return {path: methods["get"] for path, methods in paths.items() if "get" in methods}


def schema(operation: dict[str, Any]) -> dict[str, Any]:
    """The schema of an operation's answer."""
    content: dict[str, Any] = operation["responses"]["200"].get("content", {}).get("application/json", {})
    return content.get("schema", {})


def keyed(rows: list[Any]) -> list[str]:
    return [json.dumps(each, sort_keys=True) for each in rows]


async def test_every_list_has_the_same_shape(quiet_world: World) -> None:
    operations = await described(quiet_world)
    assert [path for path, each in operations.items() if schema(each).get("type") == "array"] == []
    pages = {path: each for path, each in operations.items() if "/Page_" in schema(each).get("$ref", "")}
    assert set(pages) == set(LISTS)  # enter a new list in tests/listed.py
    others = {path for path in operations if not path.endswith("}")} - set(pages)
    assert others == NO_LISTS  # so that no list is hidden inside an object
    for path, each in pages.items():
        parameters = {one["name"]: one["schema"] for one in each["parameters"] if one["name"] in ("limit", "cursor")}
        assert set(parameters) == {"limit", "cursor"}, path
        assert (parameters["limit"]["minimum"], parameters["limit"]["maximum"]) == (1, MOST), path


async def test_every_list_is_read_to_its_end(quiet_world: World) -> None:
    await filled(quiet_world)
    for path, add in LISTS.items():
        whole = await every(quiet_world, address(path))
        assert len(whole) >= (1 if add is None else ROWS), path
        assert max(Counter(keyed(whole)).values()) == 1, path
        for limit in (1, 2, 3) if len(whole) < MANY else (100,):
            assert await every(quiet_world, address(path), limit=limit) == whole, (path, limit)


async def test_rows_added_meanwhile_hide_no_row_and_repeat_none(quiet_world: World) -> None:
    await filled(quiet_world)
    for path, add in LISTS.items():
        if add is None:
            continue
        before = set(identified(path, await every(quiet_world, address(path))))
        seen: list[str] = []
        cursor, place = None, ROWS
        while True:
            query = {"limit": 2, **({"cursor": cursor} if cursor else {})}
            page = (await call(quiet_world, "GET", address(path), params=query)).json()
            seen += identified(path, page["items"])
            assert page["next"] is None or page["next"] != cursor, path
            cursor = page["next"]
            if cursor is None:
                break
            if place < ROWS + 3:
                await add(quiet_world, place)
                place += 1
        assert max(Counter(seen).values()) == 1, path
        assert before <= set(seen), path


def identified(path: str, rows: list[Any]) -> list[str]:
    """A string that identifies each row of a list, whatever its counts."""
    names = {
        "/v1/desk/overview": ["province"], "/v1/residents/ranges": ["range"], "/v1/residents/acts": ["at", "subject"],
        "/v1/record": ["seq"], "/v1/record/checkpoints": ["seq"], "/v1/residents/unmaskings": ["at", "subject"],
        "/v1/rules/changes": ["name", "value"], "/v1/words/unmatched": ["words"],
        "/v1/consultations/{code}/answers/tags": ["tag"], "/v1/plans/{code}/late": ["commitment", "milestone"],
        "/v1/meetings/{code}/seats": ["resident"], "/v1/campaigns/{campaign_id}/recipients": ["resident"],
    }.get(path)  # fmt: skip
    for each in rows:
        keys = names or [next(name for name in ("number", "id", "code") if name in each)]
        assert all(name in each for name in keys), (path, each)
    return [json.dumps([each[name] for name in names or ("number", "id", "code") if name in each]) for each in rows]


@pytest.mark.parametrize("path", LISTS)
async def test_a_wrong_cursor_is_refused(quiet_world: World, path: str) -> None:
    await filled_for(quiet_world, path)
    others = Cursors("another list", int).write([3])
    for cursor in ("x", "%00", "é", "AAAA", others, others[:-2], "A" * 900):
        answer = await call(quiet_world, "GET", address(path), params={"cursor": cursor})
        assert answer.status_code == 422, (cursor, answer.text)
        assert [each["field"] for each in answer.json()["faults"]] == ["query.cursor"]


def forged(known: Cursors, values: list[Any]) -> tuple[list[str], list[str]]:
    """Forged cursors of a list with a correct checksum: those with possible values, and those without."""
    possible, impossible = [], []
    for at, value in enumerate(values):
        valid, invalid = FORGED[type(value)]
        possible += [known.write([*values[:at], each, *values[at + 1 :]]) for each in valid]
        impossible += [known.write([*values[:at], each, *values[at + 1 :]]) for each in invalid]
    return possible, impossible


async def test_a_forged_cursor_reads_a_page_or_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await filled(world)
    write, written = Cursors.write, {}

    def noted(self: Cursors, values: Any) -> str:
        cursor = write(self, values)
        written[cursor] = (self, list(values))
        return cursor

    monkeypatch.setattr(Cursors, "write", noted)
    for path, add in LISTS.items():
        if add is None:
            continue
        page = (await call(world, "GET", address(path), params={"limit": 1})).json()
        for wanted, cursors in zip(({200, 422}, {422}), forged(*written[page["next"]]), strict=True):
            for cursor in cursors:
                answer = await call(world, "GET", address(path), params={"cursor": cursor})
                assert answer.status_code in wanted, (path, base64.urlsafe_b64decode(cursor + "=="), answer.text)
                if answer.status_code == 422:
                    assert [each["field"] for each in answer.json()["faults"]] == ["query.cursor"]


async def filled_for(world: World, path: str) -> None:
    """Create the data that a path refers to."""
    if "{" in path:
        await filled(world)


async def test_what_waits_longest_comes_first_and_never_falls_off(quiet_world: World) -> None:
    numbers = [await idea(quiet_world, await resident(quiet_world), f"idée {place}") for place in range(6)]
    for number in numbers[1:3]:
        await post(quiet_world, f"ideas/{number}/read")
    ideas = await every(quiet_world, "/v1/ideas", limit=2)
    assert [each["number"] for each in ideas] == [numbers[0], *numbers[3:], numbers[2], numbers[1]]
    assert ideas[0]["state"] == transitions.RECEIVED


async def test_rows_that_change_meanwhile_leave_the_others_where_they_are(quiet_world: World) -> None:
    numbers = [await idea(quiet_world, await resident(quiet_world), f"idée {place}") for place in range(8)]
    seen: list[int] = []
    cursor, changes = None, [[numbers[0], numbers[4]], [numbers[7]], []]  # a row already seen, and later ones
    while True:
        query = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = (await call(quiet_world, "GET", "/v1/ideas", params=query)).json()
        seen += [each["number"] for each in page["items"]]
        for number in changes.pop(0) if changes else ():
            await post(quiet_world, f"ideas/{number}/read")
        cursor = page["next"]
        if cursor is None:
            break
    counted = Counter(seen)
    assert set(counted) == set(numbers)  # none is lost
    assert {number for number, count in counted.items() if count > 1} <= {numbers[0]}  # it moved to a later page


@given(
    st.dictionaries(st.integers(0, 12), st.integers(0, 5), min_size=1),
    st.lists(st.dictionaries(st.integers(0, 15), st.none() | st.integers(0, 5), max_size=3), max_size=6),
    st.integers(min_value=1, max_value=4),
)
def test_a_row_that_stays_is_seen_once_whatever_others_do(
    rows: dict[int, int], changes: list[dict[int, int | None]], limit: int
) -> None:
    """`rows` maps ids to keys. Between two pages some rows move, are added or are deleted (None)."""
    staying = set(rows) - {number for change in changes for number in change}
    seen: Counter[int] = Counter()
    request = PageRequest(limit)
    while True:
        page = cut("rows", rows.items(), request, key=lambda each: (each[1], each[0]), kinds=(int, int))
        seen.update(number for number, _ in page.items)
        if page.next is None:
            break
        request = PageRequest(limit, page.next)
        for number, key in (changes.pop() if changes else {}).items():
            rows = {**rows, number: key} if key is not None else {n: k for n, k in rows.items() if n != number}
    assert {number: seen[number] for number in staying} == dict.fromkeys(staying, 1)


@given(st.lists(st.integers(min_value=-9, max_value=9), unique=True), st.integers(min_value=1, max_value=4))
def test_a_list_in_memory_is_cut_into_pages_that_make_it_up(rows: list[int], limit: int) -> None:
    seen: list[int] = []
    request = PageRequest(limit)
    while True:
        page = cut("rows", rows, request, key=lambda each: (each,), kinds=(int,))
        seen += page.items
        if page.next is None:
            break
        request = PageRequest(limit, page.next)
    assert seen == sorted(rows)


@given(
    st.integers(min_value=-(2**62), max_value=2**62),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
)
def test_a_cursor_says_where_its_page_ended(number: int, text: str) -> None:
    cursors = Cursors("one", int, str)
    cursor = cursors.write([number, text])
    assert cursors.read(cursor) == [number, text]
    for other in (Cursors("two", int, str), Cursors("one", int), Cursors("one", str, int)):
        with pytest.raises(Invalid):
            other.read(cursor)


@given(st.text(max_size=60))
def test_no_text_is_taken_for_a_cursor(text: str) -> None:
    with pytest.raises(Invalid, match="cursor"):
        Cursors("one", int).read(text)
