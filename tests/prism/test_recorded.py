"""Our requests to Twilio equal those that passed Prism; after an intended change, run `make recording`."""

from __future__ import annotations

import json
import re

from tests.prism.calls import ARABIC, CALLS, FRENCH, NAME, NUMBER, SERVICE, TIFINAGH
from tests.prism.npm import LOCK
from tests.prism.recording import HERE, RECORDING, Recorder, known, record, twilio_of
from tests.world import API_TOKEN, World


async def test_we_ask_what_was_recorded(world: World, heard: Recorder) -> None:
    recorded = await record(world, heard, twilio_of(world))
    assert list(recorded) == list(CALLS)
    assert recorded == known()
    assert world.network.alerts == []  # every status callback arrived, and its signature was verified


def test_every_kind_of_request_is_there() -> None:
    asked = [one for call in known().values() for one in call["exchanges"]]
    fields = [one["fields"] for one in asked]
    assert {one["asked"][2] for one in asked if one["asked"][0] == "POST"} == {"application/x-www-form-urlencoded"}
    assert {one.get("From") for one in fields} >= {NUMBER, NAME}
    assert {one.get("MessagingServiceSid") for one in fields} == {SERVICE, None}
    assert {one.get("Body") for one in fields} >= {FRENCH, ARABIC, TIFINAGH, "é" * 1600, "م" * 1600}
    assert {one["StatusCallback"].partition("?")[0] for one in fields if "Body" in one} == {f"{HERE}/sms/twilio/status"}
    assert {one["answered"][0] for one in asked} >= {201, 400, 401, 429, 500, 503}


def test_the_recording_tells_nothing_of_a_machine_or_a_person() -> None:
    text = RECORDING.read_text(encoding="utf-8")
    assert set(re.findall(r"[a-z]+://[^/\"]+", text)) == {HERE, "https://www.twilio.com"}
    assert all(re.fullmatch(r"\+2126000\d{5}", number) for number in re.findall(r"\+\d{8,}", text))
    assert not re.search(r"an-auth-token|Authorization|127\.0\.0|localhost", text)
    assert API_TOKEN not in text


def test_the_lock_names_no_index() -> None:
    packages = json.loads(LOCK.read_bytes())["packages"]
    del packages[""]
    assert packages["node_modules/@stoplight/prism-cli"]["version"] == "5.14.2"
    assert all("integrity" in one and "resolved" not in one for one in packages.values())
