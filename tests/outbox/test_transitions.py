"""Every legal and illegal transition of a delivery, a consultation, a resident and their address, and a lane."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update

from api.consultations import lifecycle
from api.consultations.models import Consultation
from api.errors import Conflict
from api.outbox import transitions
from api.outbox.flow import circuit_breaker, lanes
from api.outbox.flow.circuit_breaker import Attempts, State, Verdict
from api.outbox.models import Delivery
from api.outbox.transitions import StatusUpdate
from api.residents import service as residents
from api.residents.models import Address, Consent, Resident
from tests.campaigns.crowd import resident
from tests.campaigns.test_campaigns import NEWS, make, take
from tests.outbox.rows import counted, deliveries, flown, tallied
from tests.world import World

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
STATES = ("queued", "sending", "sent", "delivered", "failed", "expired", "cancelled", "unsure")
LEGAL = {
    ("queued", "sent"), ("queued", "delivered"), ("queued", "failed"), ("queued", "expired"),
    ("queued", "cancelled"), ("sending", "sent"), ("sending", "delivered"), ("sending", "failed"),
    ("sending", "unsure"), ("sent", "delivered"), ("sent", "failed"), ("unsure", "sent"), ("unsure", "delivered"),
    ("unsure", "failed"),
}  # fmt: skip


async def test_every_move_of_a_delivery(quiet_world: World) -> None:
    """A row for each pair of states: only forward moves happen, and exactly these are returned."""
    pairs = [(before, after) for before in STATES for after in STATES]
    for _ in pairs:
        await resident(quiet_world)
    campaign = await make(quiet_world, {**NEWS, "urgent": True})
    await take(quiet_world, campaign, "submit", "approve", "launch")
    rows = [row.id for row in await deliveries(quiet_world, campaign)]
    async with quiet_world.db.transaction() as session:
        for number, (before, _) in zip(rows, pairs, strict=True):
            await session.execute(update(Delivery).where(Delivery.id == number).values(state=before, reason="old"))
        news = [StatusUpdate(number, after, reason="new") for number, (_, after) in zip(rows, pairs, strict=True)]
        moved = await transitions.settle(session, news, now=NOW)
        again = await transitions.settle(session, news, now=NOW)
    moves = {pairs[rows.index(row.id)]: (row.prior, row.state) for row in moved}
    assert set(moves) == LEGAL
    for (before, after), (prior, state) in moves.items():
        assert (prior, state) == ("queued" if before == "sending" else before, after)
    assert list(again) == []  # a repeated update changes nothing
    for row, (before, after) in zip(await deliveries(quiet_world, campaign), pairs, strict=True):
        expected = (after, "new") if (before, after) in LEGAL else (before, "old")
        assert (row.state, row.reason) == expected
        assert (row.settled_at is None) == ((before, after) not in LEGAL)


async def test_a_state_nobody_may_come_to_moves_nothing(quiet_world: World) -> None:
    await resident(quiet_world)
    campaign = await make(quiet_world, {**NEWS, "urgent": True})
    await take(quiet_world, campaign, "submit", "approve", "launch")
    row = (await deliveries(quiet_world, campaign))[0]
    async with quiet_world.db.transaction() as session:
        for bad in ("", "read", "QUEUED", "queued", "sending"):
            assert (
                list(
                    await transitions.settle(session, [StatusUpdate(row.id, bad), StatusUpdate(10**9, "sent")], now=NOW)
                )
                == []
            )
    assert await tallied(quiet_world, campaign) == await counted(quiet_world, campaign)
    assert await flown(quiet_world, campaign) == {}


async def test_an_answer_that_its_callback_overtook_still_tells_the_parts(quiet_world: World) -> None:
    """Twilio's callback, which lacks the segments, may arrive before the answer to our request is read."""
    for _ in range(2):
        await resident(quiet_world)
    campaign = await make(quiet_world, {**NEWS, "urgent": True})
    await take(quiet_world, campaign, "submit", "approve", "launch")
    first, second = (row.id for row in await deliveries(quiet_world, campaign))
    async with quiet_world.db.transaction() as session:
        await transitions.settle(session, [StatusUpdate(first, "delivered")], now=NOW)
        answers = [StatusUpdate(number, "sent", external_id=f"SM{number}", parts=2) for number in (first, second)]
        moved = await transitions.settle(session, answers, now=NOW)
        await transitions.settle(
            session, [StatusUpdate(first, "sent", external_id="SM0", parts=3)], now=NOW
        )  # a repetition
    assert [row.id for row in moved] == [second]
    rows = [(row.state, row.external_id, row.parts) for row in await deliveries(quiet_world, campaign)]
    assert rows == [("delivered", f"SM{first}", 2), ("sent", f"SM{second}", 2)]


async def test_every_move_of_a_consultation(quiet_world: World) -> None:
    for step, legal in (("open_draft", {"draft": "open"}), ("close_ballots", {"open": "closed"})):
        for state in ("draft", "open", "closed"):
            async with quiet_world.db.transaction() as session:
                await session.execute(update(Consultation).values(state=state, secret=b"secret"))
                lost = {"key_is_lost": True} if step == "close_ballots" else {}  # its secret is not sealed
                take_it: Any = partial(getattr(lifecycle, step), who="amina", **lost)
                if state not in legal:
                    with pytest.raises(Conflict, match=state):
                        await take_it(session, "plan", now=NOW)
                    continue
                consultation = await take_it(session, "plan", now=NOW)
                assert (consultation.state, consultation.secret is None) == (legal[state], legal[state] == "closed")


async def test_every_move_of_a_resident(quiet_world: World) -> None:
    """From any state. Each statement is recorded, except a repeated stop."""
    consent: dict[str, Any] = {"channel": "sms", "wording": "words", "now": NOW}
    for before in ("joining", "active", "declined", "stopped"):
        for step, after in (("agree", "active"), ("refuse", "declined"), ("stop", "stopped")):
            number = await resident(quiet_world, state=before)
            async with quiet_world.db.transaction() as session:
                person = await session.get_one(Resident, number)
                if step == "stop":
                    residents.stop(session, person, **consent)
                else:
                    residents.record_consent(session, person, granted=step == "agree", **consent)
            async with quiet_world.db.transaction() as session:
                assert (await session.get_one(Resident, number)).state == after
                recorded = list(await session.scalars(select(Consent.granted).where(Consent.resident_id == number)))
            assert recorded == ([] if before == after == "stopped" else [step == "agree"])


async def test_an_address_that_is_lost_stops_its_resident_once(quiet_world: World) -> None:
    await resident(quiet_world)
    for _ in range(2):
        async with quiet_world.db.transaction() as session:
            person = await residents.mark_unreachable(session, address_id=1, reason="blocked", now=NOW)
            address = await session.get_one(Address, 1)
            assert (person.state, address.state) == ("stopped", "gone")
    async with quiet_world.db.transaction() as session:
        assert await session.get(Consent, 2) is None


async def test_every_move_of_a_lane(quiet_world: World) -> None:
    """Closed, open, half-open after a while, then open again or closed by a test or by hand; counts start again."""
    few, bad, none = Attempts(49, 49), Attempts(1, 0), Attempts()
    after = NOW + circuit_breaker.REST
    async with quiet_world.db.transaction() as session:
        lane = await lanes.enter(session, "one", per_second=10.0, now=NOW)

        async def count(attempts: Attempts, trial: Attempts = none) -> Verdict:
            verdict = await lanes.record_attempts(session, "one", attempts=attempts, trial=trial, now=NOW)
            await session.refresh(lane)
            return verdict

        assert await count(few) is Verdict.AS_BEFORE  # too few to judge
        assert await count(bad) is Verdict.REST
        assert (lane.paused_until, lane.tried, lane.failed) == (after, 0, 0)
        assert circuit_breaker.state(lane.paused_until, NOW) is State.OPEN
        assert circuit_breaker.state(lane.paused_until, after) is State.HALF_OPEN
        assert await count(Attempts(3, 3), Attempts(3, 3)) is Verdict.REST
        assert await count(Attempts(3, 2), Attempts(3, 2)) is Verdict.CLOSE
        assert (lane.paused_until, lane.reason) == (None, None)
        await lanes.rest(session, "one", until=after, reason="by hand")
        await session.refresh(lane)
        await lanes.resume(session, "one", who="amina", now=NOW)
        await session.flush()
        assert circuit_breaker.state(lane.paused_until, NOW) is State.CLOSED
        await lanes.hold(session, "one", until=NOW + timedelta(seconds=30))
        await lanes.hold(session, "one", until=NOW + timedelta(seconds=5))  # never earlier than already requested
        await session.refresh(lane)
        assert lane.next_slot == NOW + timedelta(seconds=30)
        assert await count(Attempts(101, 49)) is Verdict.AS_BEFORE
        assert (lane.tried, lane.failed) == (50, 24)  # the older half is dropped, in whole numbers
