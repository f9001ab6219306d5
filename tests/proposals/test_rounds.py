"""Rounds: created from proposals, by every rule; closing decides on each proposal and tells its authors once."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

import pytest
from sqlalchemy import select

from api.clock import MOROCCO
from api.consultations import content
from api.consultations import service as consultations
from api.consultations.ballots import casting
from api.consultations.fields import DETAIL
from api.i18n import LANGUAGES
from api.outbox.models import Delivery
from api.proposals import actions
from api.proposals.context import ProposalContext
from api.workflows import rounds
from sawt.compose import catalogs
from tests.api.office import call
from tests.campaigns.crowd import resident
from tests.campaigns.test_clockwork import five_at_once
from tests.commitments.plans import CODE, add_plan
from tests.consultations import words
from tests.journeys.test_statements import counting
from tests.proposals.office import by_day, draft, get, idea, post, published, refused, told
from tests.world import KEYRING, World

CATALOGS = catalogs()
FRENCH = CATALOGS.voice("fr")


async def create_round(world: World, code: str, proposals: list[int], *, status: int = 201, **body: Any) -> Any:
    """Create a round; return the answer."""
    answer = await call(world, "POST", "/v1/rounds", json={"code": code, "proposals": proposals, **body})
    assert answer.status_code == status, answer.text
    return answer.json()


async def cast(world: World, code: str, *chosen: str) -> None:
    """Cast ballots, each with the places of its options ("12": the first two), or marks after a place ("1:yes")."""
    async with world.db.transaction() as session:
        vote = await consultations.get(session, code)
        (question,) = await content.read(session, consultation_id=vote.id)
        for each in chosen:
            values = tuple(
                question.options[int(one[0]) - 1].value + one[1:]
                for one in (each.split() if " " in each or ":" in each else each)
            )
            voter = casting.Voter(token=secrets.token_bytes(32), channel="sms", language="fr", province=None)
            await casting.cast(
                session, consultation_id=vote.id, voter=voter, question=question, values=values, complete=True,
                now=world.now(),
            )  # fmt: skip


async def opened(world: World, code: str) -> None:
    assert (await call(world, "POST", f"/v1/consultations/{code}/open")).status_code == 200


async def closed(world: World, code: str) -> None:
    assert (await call(world, "POST", f"/v1/consultations/{code}/close")).status_code == 200


KINDS = {
    "approve": ({}, "several", {}),
    "up_to": ({"most": 2}, "several", {"most": 2}),
    "ranking": ({}, "ranking", {}),
    "points": ({"total": 10}, "points", {"total": 10}),
    "statements": ({"sitting": 4}, "statements", {"sitting": 4}),
}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_round_is_created_from_proposals(world: World, kind: str) -> None:
    body, expected, rules = KINDS[kind]
    first, second = await published(world, f"{kind[:6]}-one".replace("_", "-"), f"{kind[:6]}-two".replace("_", "-"))
    code = f"create-{kind}".replace("_", "-")
    created = await create_round(world, code, [second, first], kind=kind, threshold=7, **body)
    assert (created["state"], created["questions"]) == ("draft", 1)
    assert created["title"] == {language: CATALOGS.voice(language)("round.title") for language in LANGUAGES}
    async with world.db.transaction() as session:
        (question,) = await content.read(session, consultation_id=(await consultations.get(session, code)).id)
    assert (question.kind, question.rules) == (expected, {**rules, "threshold": 7})
    message = "round.statements" if kind == "statements" else "round.ask"
    assert question.text == {language: CATALOGS.voice(language)(message) for language in LANGUAGES}
    codes = [f"{kind[:6]}-two".replace("_", "-"), f"{kind[:6]}-one".replace("_", "-")]
    assert [(each.reference, each.label, each.detail) for each in question.options] == [
        (each, words(each), words("long")) for each in codes
    ]


async def test_a_text_that_is_too_long_says_how_to_read_all_of_it(world: World) -> None:
    long = {language: " ".join(["xyz"] * 149) for language in LANGUAGES}
    first, second = await published(world, "long-one", "long-two", text=long)
    await create_round(world, "long-round", [first, second], kind="approve")
    async with world.db.transaction() as session:
        vote = await consultations.get(session, "long-round")
        (question,) = await content.read(session, consultation_id=vote.id)
    for language in LANGUAGES:
        detail = (question.options[1].detail or {})[language]
        assert len(detail) <= DETAIL
        assert detail.endswith(f"... {CATALOGS.voice(language)('round.more', number=second)}")


async def test_wrong_rounds_are_refused(world: World) -> None:
    first, second = await published(world, "wrong-one", "wrong-two")
    hidden = (await post(world, "proposals", **draft("wrong-hidden")))["number"]
    pair = [first, second]
    for proposals, body, status in (
        ([first, 99_999_999], {"kind": "approve"}, 404),
        ([first, hidden], {"kind": "approve"}, 409),
        ([first], {"kind": "approve"}, 422),
        ([first, first], {"kind": "approve"}, 422),
        (pair, {"kind": "lottery"}, 422),
        (pair, {"kind": "rank"}, 422),  # the kind is called "ranking", here as in consultations
        (pair, {"kind": "up_to"}, 422),
        (pair, {"kind": "ranking", "most": 2}, 422),
        (pair, {"kind": "points"}, 422),
        (pair, {"kind": "statements", "total": 9}, 422),
        (pair, {"kind": "approve", "question": {"fr": "x"}}, 422),
        (pair, {"kind": "approve", "code": "Not A Code"}, 422),
    ):
        await create_round(world, **{"code": "wrong", "proposals": proposals, **body}, status=status)
    own = {"title": words("ours"), "question": words("which?")}
    assert (await create_round(world, "wrong", pair, kind="approve", **own))["title"] == words("ours")
    await create_round(world, "wrong", pair, kind="approve", status=409)
    await create_round(world, "another", pair, kind="approve", status=409)  # they are in a round that is not over
    await opened(world, "wrong")
    await closed(world, "wrong")
    await create_round(world, "another", pair, kind="approve")


async def test_of_two_simultaneous_rounds_on_the_same_proposals_one_is_refused(world: World) -> None:
    pair = await published(world, "at-once-one", "at-once-two")
    orders = [
        {"code": code, "proposals": order, "kind": "approve"} for code, order in (("at-1", pair), ("at-2", pair[::-1]))
    ]
    answers = await asyncio.gather(*(call(world, "POST", "/v1/rounds", json=order) for order in orders))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    (vote,) = (await get(world, "proposals/at-once-one"))["votes"]
    assert vote["state"] == "draft"


async def state(world: World, code: str) -> str:
    return str((await get(world, f"proposals/{code}"))["state"])


VOTES = {
    "up_to": ({"most": 2, "threshold": 2}, ("12", "1"), ("chosen", "not_chosen")),
    "ranking": ({"threshold": 2}, ("21", "2"), ("not_chosen", "chosen")),
    "points": ({"total": 5, "threshold": 6}, ("1:5", "1:1 2:4"), ("chosen", "not_chosen")),
    "statements": ({"threshold": 1}, ("1:yes 2:yes", "1:no", "2:no 1:yes"), ("chosen", "not_chosen")),
    "approve": ({}, ("12", "12"), ("published", "published")),  # without a threshold, staff decide
}


@pytest.mark.parametrize("kind", VOTES)
async def test_a_vote_decides_and_the_authors_are_told(world: World, kind: str) -> None:
    body, cast_, expected = VOTES[kind]
    authors, codes = (
        [await resident(world), await resident(world)],
        [f"v-{kind[:5]}-{place}".replace("_", "-") for place in (1, 2)],
    )
    numbers = [(await published(world, code, author=author))[0] for code, author in zip(codes, authors, strict=True)]
    code = f"vote-{kind}".replace("_", "-")
    await create_round(world, code, numbers, kind=kind, **body)
    await opened(world, code)
    await cast(world, code, *cast_)
    before = [len(await told(world, author)) for author in authors]
    await closed(world, code)
    assert tuple([await state(world, each) for each in codes]) == expected
    for place, author in enumerate(authors):
        news = (await told(world, author))[before[place] :]
        assert len(news) == (expected[place] != "published")
        if news:
            (own,) = (await get(world, f"proposals/{codes[place]}"))["ideas"]
            values = {"number": own, "other": numbers[place], "title": words(codes[place])["fr"]}
            texts = {"chosen": FRENCH("idea.chosen", **values), "not_chosen": FRENCH("idea.not_chosen", **values)}
            assert news == [texts[expected[place]]]


async def test_a_withdrawn_proposal_stays_so_and_one_not_chosen_can_win_another_vote(world: World) -> None:
    codes = ("again-one", "again-two", "again-gone")
    numbers = await published(world, *codes)
    await create_round(world, "again-1", numbers, kind="approve", threshold=1)
    await opened(world, "again-1")
    await post(world, "proposals/again-gone/withdraw")
    await cast(world, "again-1", "3")
    await closed(world, "again-1")
    assert [await state(world, code) for code in codes] == ["not_chosen", "not_chosen", "withdrawn"]
    await create_round(world, "again-2", numbers[:2], kind="approve", threshold=1)
    await opened(world, "again-2")
    await cast(world, "again-2", "1")
    await closed(world, "again-2")
    assert [await state(world, code) for code in codes] == ["chosen", "not_chosen", "withdrawn"]
    votes = (await get(world, "proposals/again-one"))["votes"]
    assert votes == [{"code": "again-1", "state": "closed"}, {"code": "again-2", "state": "closed"}]


async def test_two_ideas_of_one_person_get_one_notification_per_step(world: World) -> None:
    await add_plan(world)
    author = await resident(world)
    one, two = await idea(world, author), await idea(world, author)
    for number in (one, two):
        await post(world, f"ideas/{number}/read")
    await post(world, "proposals", **draft("both-ideas", one, two))
    before = len(await told(world, author))
    for step, more in (("publish", {}), ("choose", {}), ("commit", {"plan": "plan-test", "number": 2})):
        await post(world, f"proposals/both-ideas/{step}", **more)
    news = (await told(world, author))[before:]
    assert len(news) == 3
    assert all(str(one) in each for each in news)
    assert [(await get(world, f"ideas/{number}"))["state"] for number in (one, two)] == ["committed", "committed"]


async def test_five_processes_close_a_round_once_and_authors_hear_in_the_morning(quiet_world: World) -> None:
    by_day(quiet_world)
    author = await resident(quiet_world)
    numbers = await published(quiet_world, "night-one", "night-two", author=author)
    # It is overdue for those who close it here, but far from due for the service's own scheduler.
    night = quiet_world.now.later(days=30, hours=16)
    await create_round(
        quiet_world, "night", numbers, kind="approve", threshold=1, closes_at=quiet_world.now.later(days=30).isoformat()
    )
    await opened(quiet_world, "night")
    await cast(quiet_world, "night", "1")
    context = ProposalContext(CATALOGS, KEYRING, quiet_world.kit.rules.hours.opening)
    await five_at_once(quiet_world, lambda session, _: rounds.close_due(session, kit=context, now=night))
    assert [await state(quiet_world, code) for code in ("night-one", "night-two")] == ["chosen", "not_chosen"]
    async with quiet_world.db.transaction() as session:
        rows = (await session.scalars(select(Delivery).where(Delivery.created_at == night))).all()
        assert [row.resident_id for row in rows] == [author, author]
        assert {row.due_at.astimezone(MOROCCO).hour for row in rows} == {9}
        assert all(row.due_at > night for row in rows)


async def test_closing_a_round_late_in_the_evening_wakes_nobody(quiet_world: World) -> None:
    by_day(quiet_world)
    quiet_world.now.advance(hours=13)
    numbers = await published(quiet_world, "late-one", "late-two")
    await create_round(quiet_world, "late", numbers, kind="approve", threshold=1)
    await opened(quiet_world, "late")
    closing = quiet_world.now()
    await closed(quiet_world, "late")
    async with quiet_world.db.transaction() as session:
        rows = (await session.scalars(select(Delivery).where(Delivery.created_at >= closing))).all()
    assert len(rows) == 2
    assert {row.due_at.astimezone(MOROCCO).hour for row in rows} == {9}


async def test_a_draft_that_is_discarded_frees_its_proposals(quiet_world: World) -> None:
    pair = await published(quiet_world, "drop-one", "drop-two")
    await create_round(quiet_world, "wrong", pair, kind="approve")
    await create_round(quiet_world, "right", pair, kind="ranking", status=409)
    path = "/v1/consultations/{}/discard"
    assert (await call(quiet_world, "POST", path.format("wrong"))).status_code == 204
    assert (await call(quiet_world, "POST", path.format("wrong"))).status_code == 404
    await create_round(quiet_world, "right", pair, kind="ranking")
    campaign = {"name": "Vote", "purpose": "invite", "consultation": "right"}
    assert (await call(quiet_world, "POST", "/v1/campaigns", json=campaign)).status_code == 201
    named = await call(quiet_world, "POST", path.format("right"))
    assert (named.status_code, "right cannot be discarded" in named.text) == (409, True)
    await opened(quiet_world, "right")
    assert (await call(quiet_world, "POST", path.format("right"))).status_code == 409


async def test_deciding_costs_the_same_for_any_number_of_authors(quiet_world: World) -> None:
    costs = []
    for code, many in (("puits", 2), ("route", 12)):
        numbers = [await idea(quiet_world, await resident(quiet_world)) for _ in range(many)]
        for number in numbers:
            await post(quiet_world, f"ideas/{number}/read")
        await post(quiet_world, "proposals", **draft(code, *numbers))
        await post(quiet_world, f"proposals/{code}/publish")
        with counting(quiet_world) as statements:
            async with quiet_world.db.transaction() as session:
                await actions.choose(
                    session, code, who="vote", context=ProposalContext(CATALOGS, KEYRING), now=quiet_world.now()
                )
        costs.append(len(statements))
    assert costs[0] == costs[1]


async def test_no_proposal_in_a_draft_vote_is_withdrawn_or_committed(quiet_world: World) -> None:
    world = quiet_world
    await add_plan(world)
    await create_round(world, "vote", await published(world, "puits", "route"), kind="approve")
    assert await refused(world, "proposals/puits/withdraw") == 409
    assert await refused(world, "proposals/route/commit", plan=CODE, number=1) == 409
    assert [await state(world, code) for code in ("puits", "route")] == ["published", "published"]
    assert (await call(world, "POST", "/v1/consultations/vote/discard")).status_code == 204
    await post(world, "proposals/puits/withdraw")
