"""The REST API as Twilio's own client sees it: create, fetch, list, errors, statuses and faults."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from aiohttp import ClientError
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

PHONE = "+212600000001"


async def test_create_arrives_and_is_reported(desk, checker):
    created = await desk.create(PHONE, "سلام", status_callback=f"{desk.base}/status?delivery=3")
    await desk.network.settled()
    assert (created.status, created.num_segments, created.direction) == ("queued", "1", "outbound-api")
    assert desk.network.phone(PHONE).last == "سلام"
    first = desk.sawt.statuses[0]
    assert [one["MessageStatus"] for one in desk.sawt.statuses] == ["sent", "delivered"]
    assert first["MessageSid"] == first["SmsSid"] == created.sid
    assert (first["To"], first["delivery"], first["ApiVersion"]) == (PHONE, "3", "2010-04-01")
    assert checker.faults == []


async def test_messaging_service_reports_queued_too(desk, checker):
    options = {"from_": None, "messaging_service_sid": f"MG{'b' * 32}", "status_callback": f"{desk.base}/status"}
    created = await desk.create(PHONE, **options)
    await desk.network.settled()
    assert (created.status, created.num_segments) == ("accepted", "0")
    assert [one["MessageStatus"] for one in desk.sawt.statuses] == ["queued", "sent", "delivered"]
    assert desk.sawt.statuses[0]["MessagingServiceSid"] == f"MG{'b' * 32}"
    assert checker.faults == []


async def test_fetch_redact_delete(desk, checker):
    sid = (await desk.create(PHONE)).sid
    message = desk.twilio.messages(sid)
    assert (await message.fetch_async()).status == "delivered"
    assert (await message.update_async(body="")).body == ""
    assert await message.delete_async()
    with pytest.raises(TwilioRestException) as raised:
        await message.fetch_async()
    assert (raised.value.status, raised.value.code) == (404, 20404)
    assert desk.network.phone(PHONE).last == "Bonjour"
    assert checker.faults == []


async def test_list_filters_by_recipient_and_day(desk, checker):
    sid = (await desk.create(PHONE)).sid
    await desk.create("+212600000002")
    today = datetime.now(UTC)
    for filters, expected in [
        ({"to": PHONE}, [sid]),
        ({"to": PHONE, "date_sent": today.date()}, [sid]),
        ({"to": PHONE, "date_sent_after": today - timedelta(minutes=1)}, [sid]),
        ({"to": PHONE, "date_sent_before": today - timedelta(minutes=1)}, []),
        ({"to": "+212600000003"}, []),
    ]:
        assert [one.sid for one in await desk.twilio.messages.list_async(**filters)] == expected
    assert checker.faults == []


async def test_list_pages_newest_first(desk, checker):
    sids = [(await desk.create(PHONE, str(number))).sid for number in range(5)]
    page = await desk.twilio.messages.page_async(page_size=2)
    assert [one.sid for one in page] == sids[:2:-1]
    assert [one.sid for one in await desk.twilio.messages.list_async(page_size=2)] == sids[::-1]
    assert checker.faults == []


@pytest.mark.parametrize(
    ("suffix", "status", "code"),
    [
        *[("01", 400, 21211), ("02", 400, 21614), ("06", 400, 21408), ("07", 400, 21610), ("08", 400, 21611)],
        *[("10", 429, 20429), ("11", 500, 20500), ("12", 401, 20003), ("13", 503, 20503)],
    ],
)
async def test_magic_refusals(desk, checker, suffix, status, code):
    with pytest.raises(TwilioRestException) as raised:
        await desk.create(f"+2126000099{suffix}")
    assert (raised.value.status, raised.value.code) == (status, code)
    assert desk.network.sms.messages == {}
    assert checker.faults == []


@pytest.mark.parametrize(
    ("suffix", "path", "code"),
    [
        ("31", ["failed"], "30001"),
        ("33", ["sent", "undelivered"], "30003"),
        ("38", ["sent", "undelivered"], "30008"),
        ("51", ["sent"], None),
    ],
)
async def test_magic_ends(desk, suffix, path, code):
    created = await desk.create(f"+2126000099{suffix}", status_callback=f"{desk.base}/status")
    await desk.network.settled()
    assert [one["MessageStatus"] for one in desk.sawt.statuses] == path
    assert desk.sawt.statuses[-1].get("ErrorCode") == code
    message = await desk.twilio.messages(created.sid).fetch_async()
    assert (message.status, message.error_code) == (path[-1], int(code) if code else None)
    assert len(desk.network.phone(message.to).inbox) == (suffix == "51")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"to": "banana"}, 21211),
        ({"body": "a" * 1601}, 21617),
        ({"body": ""}, 21602),
        ({"from_": None}, 21603),
        ({"from_": "+212600000098"}, 21606),
        ({"from_": "twelve letters"}, 21212),
        ({"status_callback": "status"}, 21609),
        ({"messaging_service_sid": "MGx"}, 21701),
    ],
)
async def test_bad_requests(desk, options, code):
    with pytest.raises(TwilioRestException) as raised:
        await desk.create(**{"to": PHONE} | options)
    assert raised.value.code == code


async def test_sender_may_be_a_name(desk):
    assert (await desk.create(PHONE, from_="SAWT")).from_ == "SAWT"


async def test_wrong_token_and_wrong_account(desk):
    stranger = Client("AC" + "0" * 31 + "1", "wrong", http_client=desk.twilio.http_client)
    with pytest.raises(TwilioRestException) as raised:
        await stranger.messages.create_async(to=PHONE, from_="SAWT", body="1")
    assert (raised.value.status, raised.value.code) == (401, 20003)
    with pytest.raises(TwilioRestException) as raised:
        await desk.twilio.api.v2010.accounts("AC" + "f" * 32).messages.create_async(to=PHONE, from_="SAWT", body="1")
    assert raised.value.status == 404


async def test_weather_strikes_creation_only(desk):
    faults = desk.network.twilio
    faults.throttle_next, faults.fail_next = 1, 1
    codes = []
    for _time in range(2):
        with pytest.raises(TwilioRestException) as raised:
            await desk.create(PHONE)
        codes.append(raised.value.code)
    assert codes == [20500, 20429]
    assert await desk.twilio.messages.list_async() == []


@pytest.mark.parametrize(("order", "to"), [("fault", PHONE), ("magic", "+212600009950")])
async def test_lost_answer_was_accepted(desk, order, to):
    desk.network.twilio.lose_next = order == "fault"
    with pytest.raises(ClientError):
        await desk.create(to, "perdu")
    assert desk.network.phone(to).last == "perdu"
    assert [one.body for one in await desk.twilio.messages.list_async(to=to)] == ["perdu"]


async def test_callbacks_out_of_order_and_twice(desk):
    desk.network.twilio.reorder, desk.network.twilio.repeat_next = True, 1
    await desk.create(PHONE, status_callback=f"{desk.base}/status")
    await desk.network.settled()
    assert [one["MessageStatus"] for one in desk.sawt.statuses] == ["delivered", "delivered", "sent"]
    assert desk.network.phone(PHONE).inbox[0].status == "delivered"


@pytest.mark.parametrize("query", ["PageSize=x", "DateSent=never", "DateSent=9999-12-31T23:59:59Z", "Page=1&Page=2"])
async def test_odd_lists_do_not_break_it(desk, query):
    root = f"{desk.base}/rehearsal/twilio/2010-04-01/Accounts/{desk.network.settings.account_sid}"
    async with httpx.AsyncClient(auth=(desk.network.settings.account_sid, "auth-token")) as client:
        answer = await client.get(f"{root}/Messages.json?{query}")
        odd = await client.post(f"{root}/Messages.json", content=b"To=%2B212600000001&Body=%FF&From=SAWT")
    assert answer.status_code in (200, 400)
    assert odd.json()["body"] == "\ufffd"
