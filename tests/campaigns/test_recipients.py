"""What became of a campaign for each resident: pages, filters, the spreadsheet, masks, and flat memory."""

from __future__ import annotations

import csv
import gc
import io
from typing import Any

import pytest
from sqlalchemy import text, update

from api.campaigns.reporting import recipients
from api.campaigns.reporting.recipient import Recipient
from api.campaigns.reporting.recipients import RecipientFilter
from api.outbox.models import Delivery
from api.routing import phones
from api.text import spreadsheet
from sawt.cli.outreach.csv_file import copy_rows
from tests.api.office import call, every
from tests.campaigns.crowd import resident
from tests.campaigns.test_campaigns import NEWS, make, take
from tests.terminal import Terminal
from tests.world import KEYRING, World


async def launched(world: World, people: int = 3, **about: Any) -> tuple[int, list[int]]:
    """A running campaign and the ids of its residents."""
    people_ = [await resident(world, **about) for _ in range(people)]
    campaign = await make(world, NEWS, urgent=True)
    await take(world, campaign, "submit", "approve", "launch")
    return campaign, people_


async def listed(world: World, campaign: int, **query: Any) -> list[dict[str, Any]]:
    return await every(world, f"/v1/campaigns/{campaign}/recipients", **query)


async def exported(world: World, campaign: int, **query: Any) -> list[dict[str, str]]:
    answer = await call(world, "GET", f"/v1/campaigns/{campaign}/recipients.csv", params=query)
    assert answer.status_code == 200, answer.text
    return read(answer.text)


def read(csv_text: str) -> list[dict[str, str]]:
    assert csv_text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(csv_text.removeprefix("\ufeff")), delimiter=";"))


async def test_each_is_shown_with_what_became_of_them(own_world: World) -> None:
    campaign, (number,) = await launched(own_world, 1)
    (queued,) = await listed(own_world, campaign)
    await own_world.deliver()
    (shown,) = await listed(own_world, campaign)
    assert shown["resident"] == number
    names = ("channel", "road", "language", "province", "province_name", "state", "reason")
    assert {name: shown[name] for name in names} == {
        "channel": "sms", "road": "twilio", "language": "fr", "province": "01.571", "province_name": "Tétouan",
        "state": "delivered", "reason": None,
    }  # fmt: skip
    assert (queued["state"], queued["settled_at"], queued["attempts"]) == ("queued", None, 0)
    assert (shown["parts"], shown["attempts"]) == (1, 1)
    assert shown["queued_at"].endswith("Z")
    assert shown["settled_at"].endswith("Z")


async def test_pages_by_keyset_meet_nobody_twice_and_leave_nobody_out(own_world: World) -> None:
    campaign, people = await launched(own_world, 7)
    assert [each["resident"] for each in await listed(own_world, campaign, limit=3)] == people


async def test_filters(own_world: World) -> None:
    campaign, people = await launched(own_world, 3)
    async with own_world.db.transaction() as session:
        failed = update(Delivery).where(Delivery.resident_id == people[1])
        await session.execute(failed.values(state="failed", reason="30006"))
    for query in ({"state": "failed"}, {"reason": "30006"}, {"state": "failed", "reason": "30006", "channel": "sms"}):
        assert [each["resident"] for each in await listed(own_world, campaign, **query)] == [people[1]]
        assert [row["resident"] for row in await exported(own_world, campaign, **query)] == [str(people[1])]
    assert await listed(own_world, campaign, channel="telegram") == []
    answer = await call(own_world, "GET", f"/v1/campaigns/{campaign}/recipients", params={"state": "lost"})
    assert answer.status_code == 422


async def test_the_spreadsheet_has_all_of_them_over_many_batches(
    own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recipients, "BATCH", 2)
    campaign, people = await launched(own_world, 6)  # the last batch is full: the next one is empty
    assert [int(row["resident"]) for row in await exported(own_world, campaign)] == people
    row = (await exported(own_world, campaign))[0]
    assert row["queued_at"].endswith("+00:00")
    assert (row["settled_at"], row["reason"]) == ("", "")


@pytest.mark.parametrize("reason", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1"])
async def test_no_cell_is_a_formula(own_world: World, reason: str) -> None:
    campaign, _ = await launched(own_world, 1)
    async with own_world.db.transaction() as session:
        await session.execute(update(Delivery).values(state="failed", reason=reason))
    (row,) = await exported(own_world, campaign)
    assert row["reason"] == f"'{reason}"
    assert [value for value in row.values() if value.startswith(tuple("=+-@\t\r\n＝＋－＠"))] == []


async def test_no_full_number_is_shown(own_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers: list[str] = []
    draw = own_world.number
    monkeypatch.setattr(World, "number", lambda self: numbers.append(draw()) or numbers[-1])
    campaign, _ = await launched(own_world, 3)
    await own_world.deliver()
    answers = [
        (await call(own_world, "GET", f"/v1/campaigns/{campaign}/{path}")).text
        for path in ("recipients", "recipients.csv", "report", "preview")
    ]
    assert len(numbers) == 3
    for number in numbers:
        assert phones.masked(number) in answers[0]
        assert phones.masked(number) in answers[1]
        assert not any(number[5:] in answer for answer in answers)


async def test_the_command_writes_the_same_file(own_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign, people = await launched(own_world, 3)
    async with own_world.db.transaction() as session:
        await session.execute(update(Delivery).where(Delivery.resident_id == people[0]).values(reason="a\r\nb;é"))
    terminal = Terminal(own_world, monkeypatch)
    written = await terminal("campaign", "recipients", str(campaign), "--csv", "-")
    assert [int(row["resident"]) for row in read(written.stdout)] == people
    assert written.stderr == "3 recipients are written to standard output.\n"
    answer = await call(own_world, "GET", f"/v1/campaigns/{campaign}/recipients.csv")
    assert answer.content == written.stdout_bytes
    assert "none" in (await terminal("campaign", "recipients", str(campaign), "--state", "failed")).output


def test_rows_are_counted_wherever_a_piece_ends() -> None:
    data = spreadsheet.lines([("a", "b"), ("é\r\nu", 'x;"y"'), ("", "ⴰ")]).encode()
    for size in range(1, len(data) + 1):
        out = io.StringIO(newline="")
        assert copy_rows((data[at : at + size] for at in range(0, len(data), size)), out) == 2
        assert out.getvalue().encode() == data


async def test_one_whose_key_is_gone_is_still_shown(own_world: World) -> None:
    campaign, _ = await launched(own_world, 1)
    async with own_world.db.transaction() as session:
        await session.execute(text("UPDATE addresses SET sealed = :sealed").bindparams(sealed=b"\xff" * 30))
    assert [each["address"] for each in await listed(own_world, campaign)] == [phones.masked("")]


async def test_memory_stays_flat(own_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are, at most two batches of them are in memory."""
    monkeypatch.setattr(recipients, "BATCH", 100)
    campaign, _ = await launched(own_world, 1)
    await crowd(own_world, campaign, 700)
    counts, lines = [], 0
    async for part in recipients.as_csv(recipients.batches(own_world.db, campaign, RecipientFilter(), keyring=KEYRING)):
        lines += part.count("\n")
        counts.append(sum(type(each) is Recipient for each in gc.get_objects()))
    assert lines == 702
    assert max(counts) <= 200


async def crowd(world: World, campaign: int, count: int) -> None:
    """Write this many more recipients at once, as copies of the existing one."""
    async with world.db.transaction() as session:
        numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "
        await session.execute(
            text(
                f"INSERT INTO residents (id, state, latin, joined_at) {numbers}"
                "SELECT 100000 + i, r.state, r.latin, r.joined_at FROM n, (SELECT * FROM residents LIMIT 1) r"
            )
        )
        names = (
            "road, channel, address_id, priority, state, campaign_id, body_id, province, due_at, attempts, created_at"
        )
        await session.execute(
            text(
                f"INSERT INTO deliveries (resident_id, {names}) {numbers}"
                f"SELECT 100000 + i, {', '.join(f'd.{name}' for name in names.split(', '))} "
                f"FROM n, (SELECT * FROM deliveries WHERE campaign_id = {campaign} LIMIT 1) d"
            )
        )


async def test_the_token_is_asked_and_the_campaign_must_be_there(world: World) -> None:
    for path in ("recipients", "recipients.csv", "progress"):
        assert (await call(world, "GET", f"/v1/campaigns/999999/{path}")).status_code == 404
        assert (await call(world, "GET", f"/v1/campaigns/1/{path}", token=None)).status_code == 401
