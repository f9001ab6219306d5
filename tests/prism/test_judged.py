"""All our requests to Twilio, and all responses, pass a Prism proxy with Twilio's own document."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from rehearsal.twilio.message import Message
from tests.prism.calls import NUMBER, PHONE
from tests.prism.npm import Prism
from tests.prism.proxy import DOCUMENT, judging
from tests.prism.recording import Recorder, known, record, twilio_of
from tests.world import World

GOOD = {"To": PHONE, "From": NUMBER, "Body": "Bonjour"}


@pytest.fixture(autouse=True)
def _alone(heard: Recorder) -> None:
    heard.taken()


async def by_hand(world: World, url: str, method: str = "POST", **asked: Any) -> httpx.Response:
    """Send a request to Twilio's messages without our client."""
    account, token = world.settings.twilio_account_sid, world.settings.twilio_auth_token.get_secret_value()
    async with httpx.AsyncClient(trust_env=False, auth=asked.pop("auth", (account, token))) as http:
        return await http.request(method, f"{url}/2010-04-01/Accounts/{account}/Messages.json", **asked)


def violations(answer: httpx.Response) -> set[str]:
    """The places of the violations that Prism reported."""
    assert answer.headers["content-type"] == "application/problem+json"
    return {".".join(one["location"]) for one in answer.json()["validation"]}


async def test_every_request_and_every_answer_passes(world: World, heard: Recorder, judged: str) -> None:
    assert await record(world, heard, judged) == known()
    assert world.network.alerts == []


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"To": None}, "body"),
        ({"MessagingServiceSid": "MG1"}, "body.MessagingServiceSid"),
        ({"StatusCallback": "status"}, "body.StatusCallback"),
        ({"ValidityPeriod": "long"}, "body.ValidityPeriod"),
    ],
)
async def test_it_refuses_a_bad_request(
    world: World, heard: Recorder, judged: str, changed: dict[str, str | None], where: str
) -> None:
    form = {name: value for name, value in {**GOOD, **changed}.items() if value is not None}
    answer = await by_hand(world, judged, data=form)
    assert (answer.status_code, violations(answer)) == (422, {where})
    assert heard.taken() == []


async def test_it_refuses_a_request_of_nobody(world: World, heard: Recorder, judged: str) -> None:
    assert (await by_hand(world, judged, data=GOOD, auth=None)).status_code == 401
    assert heard.taken() == []


@pytest.mark.parametrize(
    ("field", "value"), [("status", "nonsense"), ("sid", "SM1"), ("num_segments", 1), ("date_created", 5)]
)
async def test_it_refuses_a_bad_answer(
    world: World, judged: str, monkeypatch: pytest.MonkeyPatch, field: str, value: object
) -> None:
    true = Message.resource
    monkeypatch.setattr(Message, "resource", lambda self, account: {**true(self, account), field: value})
    answer = await by_hand(world, judged, data=GOOD)
    assert (answer.status_code, violations(answer)) == (500, {f"response.body.{field}"})
    assert answer.json()["type"].endswith("#VIOLATIONS")


async def test_a_good_one_by_hand_passes(world: World, judged: str) -> None:
    assert (await by_hand(world, judged, data=GOOD)).json()["to"] == PHONE


@pytest.mark.parametrize("asked", [{}, {"To": PHONE, "DateSent": "2026-11-24T00:00:00Z", "PageSize": "1"}])
async def test_a_list_passes(world: World, judged: str, asked: dict[str, str]) -> None:
    await by_hand(world, judged, data=GOOD)
    answer = await by_hand(world, judged, "GET", params=asked)
    assert (answer.status_code, answer.json()["page"]) == (200, 0)


async def test_only_the_links_of_a_list_are_corrected(world: World, prism: Prism, tmp_path: Path) -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    async with judging(prism, twilio_of(world), tmp_path, document=document) as strict:
        answer = await by_hand(world, strict, "GET", params={"PageSize": "1"})
    assert answer.status_code == 500
    assert violations(answer) == {f"response.body.{name}uri" for name in ("", "first_page_", "next_page_")}
