"""A failure's log line identifies it, and contains none of the data involved."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
import structlog
from sqlalchemy import text
from structlog.testing import capture_logs

from api.channel import Channel
from api.outbox.worker import deliverer as worker_deliverer
from api.outbox.worker.deliverer import Deliverer
from api.runtime import loops
from api.runtime.failures import describe
from api.runtime.loops import forever
from api.runtime.supervisor import Watch
from tests.api.office import as_staff, call
from tests.world import World

NUMBER = "+212600000001"


def broken(words: str) -> None:
    raise RuntimeError(f"{words} {NUMBER}")


def wrapped() -> None:
    try:
        broken("within")
    except RuntimeError as error:
        raise KeyError(NUMBER) from error


def caught(work: Callable[[], Any]) -> dict[str, Any]:
    try:
        work()
    except Exception as error:
        return describe(error)
    raise AssertionError


async def test_who_hangs_up_in_the_middle_is_no_failure(quiet_world: World) -> None:
    async def hang_up() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def send(_message: Any) -> None:
        """Discard the output."""

    headers = [(b"content-length", b"5000"), (b"content-type", b"application/x-www-form-urlencoded")]
    scope = {
        "type": "http", "method": "POST", "path": "/sms/twilio/inbound", "raw_path": b"/sms/twilio/inbound",
        "query_string": b"", "headers": headers, "server": ("sawt.test", 80), "client": ("127.0.0.1", 1),
        "scheme": "http", "root_path": "", "http_version": "1.1",
    }  # fmt: skip
    with capture_logs() as logged:
        await quiet_world.service.app(scope, hang_up, send)
    assert [each["event"] for each in logged if each["log_level"] == "error"] == []


def test_it_says_what_and_where_and_no_value() -> None:
    fields = caught(wrapped)
    assert (fields["error"], fields["causes"]) == ("KeyError", ["RuntimeError"])
    assert fields["place"] == "tests/operating/test_failures.py wrapped"
    assert any(frame.startswith("tests/operating/test_failures.py:") for frame in fields["frames"])
    assert "600000" not in json.dumps(fields)


def test_a_fingerprint_is_of_the_place_and_not_of_what_it_was_about() -> None:
    first, again = caught(lambda: broken("one")), caught(lambda: broken("other"))
    assert first["fingerprint"] == again["fingerprint"]
    assert caught(wrapped)["fingerprint"] != first["fingerprint"]


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
async def test_a_500_is_logged_with_its_place_and_answered_with_its_number(quiet_world: World) -> None:
    await call(quiet_world, "GET", "/v1/overview")
    async with quiet_world.db.transaction() as session:
        await session.execute(text("ALTER TABLE campaigns RENAME TO lost"))
    with capture_logs() as logged:
        answers = [await quiet_world.http.get(f"/v1/campaigns/{number}", headers=as_staff()) for number in (17, 18)]
    assert [each.status_code for each in answers] == [500, 500]
    numbers = [each.headers["X-Request-Id"] for each in answers]
    assert numbers == [each.json()["request_id"] for each in answers]
    lines = [line for line in logged if line["event"] == "web.failed"]
    assert [line["request"] for line in lines] == numbers
    assert {(line["route"], line["method"]) for line in lines} == {("/v1/campaigns/{campaign_id}", "GET")}
    assert len({line["fingerprint"] for line in lines}) == len(set(numbers)) - 1 == 1
    for line in lines:
        assert line["sqlstate"] == "42P01"
        assert line["place"].startswith("api/campaigns/")
        assert any(frame.startswith("sqlalchemy/") for frame in line["frames"])


async def test_every_answer_carries_a_number_of_its_own(quiet_world: World) -> None:
    headers = {"X-Request-Id": NUMBER}  # ignored
    answers = [await quiet_world.http.get(path, headers=headers) for path in ("/health", "/v1/overview", "/nothing")]
    assert [each.status_code for each in answers] == [200, 401, 404]
    numbers = {each.headers["X-Request-Id"] for each in answers}
    assert (len(numbers), NUMBER in numbers) == (3, False)


async def test_what_is_logged_within_a_request_carries_its_number(quiet_world: World) -> None:
    seen: list[dict[str, Any]] = []
    merge = structlog.contextvars.merge_contextvars
    before = structlog.get_config()["processors"]

    def keep(logger: Any, name: str, event: Any) -> Any:
        seen.append(merge(logger, name, dict(event)))
        raise structlog.DropEvent

    structlog.configure(processors=[keep])
    try:
        answer = await quiet_world.http.post("/sms/twilio/inbound", data={"From": NUMBER})
    finally:
        structlog.configure(processors=before)
    assert answer.status_code == 403
    assert [(each["event"], each["request"]) for each in seen] == [("webhook.refused", answer.headers["X-Request-Id"])]


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
async def test_a_page_that_fails_carries_its_number(quiet_world: World) -> None:
    async with quiet_world.db.transaction() as session:
        await session.execute(text("ALTER TABLE consultations RENAME TO lost"))
    answer = await quiet_world.http.get("/", headers={"Accept": "text/html"})
    assert answer.status_code == 500
    assert answer.headers["X-Request-Id"] in answer.text


class Recorder:
    """Replaces the pause after failures: records the number of failures, and lasts as many seconds."""

    def __init__(self, *, lasts_from: int) -> None:
        self.asked: list[int] = []
        self.reached = asyncio.Event()
        self._last = lasts_from

    def __call__(self, failures: int, **_more: float) -> float:
        self.asked.append(failures)
        if failures < self._last:
            return 0.0
        self.reached.set()
        return 3600.0


async def looks(work: Any, recorder: Recorder, woken: Callable[[], None]) -> None:
    """Let it reach its long pause, and try to wake it."""
    task = asyncio.create_task(work)
    async with asyncio.timeout(20):
        await recorder.reached.wait()
    for _ in range(50):
        woken()
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])


async def test_a_failing_look_is_logged_and_waits_longer_each_time_and_no_wake_up_shortens_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    recorder, woken = Recorder(lasts_from=4), asyncio.Event()
    monkeypatch.setattr(loops, "backoff", recorder)

    async def look() -> float:
        broken("look")
        return 0.0

    woken.set()
    with capture_logs() as logged:
        await looks(forever(look, woken, name="schedule"), recorder, woken.set)
    assert recorder.asked == [1, 2, 3, 4]
    assert [line["task"] for line in logged] == ["schedule"] * 4
    assert len({line["fingerprint"] for line in logged}) == 1
    assert "600000" not in json.dumps(logged)


async def test_a_road_that_fails_waits_longer_each_time(quiet_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder(lasts_from=4)
    monkeypatch.setattr(worker_deliverer, "backoff", recorder)
    means = quiet_world.service.means
    channel: Channel = quiet_world.service.channels[0]
    deliverer = Deliverer(channel, means.roads.of(channel.name)[0], means)

    async def fails() -> float:
        broken("claim")
        return 0.0

    monkeypatch.setattr(deliverer, "_claim_due", fails)
    with capture_logs() as logged:
        await looks(deliverer.run(), recorder, lambda: quiet_world.db.wakeups.ring())
    assert recorder.asked == [1, 2, 3, 4]
    assert {(line["event"], line["place"].split()[-1]) for line in logged} == {("outbox.claim_failed", "broken")}


async def test_a_task_that_ends_says_where(monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder(lasts_from=1)
    monkeypatch.setattr("api.runtime.supervisor.backoff", recorder)

    async def work() -> None:
        broken("task")

    with capture_logs() as logged:
        await looks(Watch().supervise("deliver twilio", work), recorder, lambda: None)
    assert [(line["task"], line["place"].split()[-1]) for line in logged] == [("deliver twilio", "broken")]
