"""An SMS from a phone reaches Sawt as Twilio would send it, and the TwiML answer comes back."""

import asyncio

import pytest
from twilio.request_validator import RequestValidator

REPLY = "<Response><Message>Merci</Message><Message><Body>شكرا</Body></Message></Response>"


async def test_form_and_signature_are_twilios(desk):
    await desk.network.phone("+212600000001").send("ⴰⵣⵓⵍ 👍")
    form, (signature, token) = desk.sawt.texts[0], desk.sawt.signatures[0]
    assert form["Body"] == "ⴰⵣⵓⵍ 👍"
    assert (form["From"], form["To"]) == ("+212600000001", "+212600000099")
    assert form["MessageSid"] == form["SmsSid"] == form["SmsMessageSid"]
    assert (form["FromCity"], form["NumMedia"], form["NumSegments"]) == ("", "0", "1")
    assert RequestValidator("auth-token").validate(f"{desk.base}/sms?tenant=1", form, signature)
    assert token


async def test_signature_leaves_the_fragment_out(make_desk):
    async with make_desk(fragment="#rc=0") as desk:
        await desk.network.phone("+212600000001").send("1")
        signature, _token = desk.sawt.signatures[0]
        assert RequestValidator("auth-token").validate(f"{desk.base}/sms?tenant=1", desk.sawt.texts[0], signature)


async def test_answers_arrive_in_the_inbox(desk):
    desk.sawt.twiml = REPLY
    phone = desk.network.phone("+212600000001")
    assert await phone.send("1") == ["Merci", "شكرا"]
    assert phone.last == "شكرا"
    assert [message.status for message in phone.inbox] == ["delivered", "delivered"]
    assert [message.text for message in phone.log] == ["1", "Merci", "شكرا"]


async def test_plain_text_is_one_message(desk):
    desk.sawt.twiml, desk.sawt.media = "Merci", "text/plain"
    assert await desk.network.phone("+212600000001").send("1") == ["Merci"]


@pytest.mark.parametrize("attribute", ["action", "statusCallback"])
async def test_status_of_an_answer_is_called_back(desk, attribute):
    desk.sawt.twiml = f'<Response><Message {attribute}="/status?delivery=7">Merci</Message></Response>'
    await desk.network.phone("+212600000001").send("1")
    await desk.network.settled()
    assert [(one["MessageStatus"], one["delivery"]) for one in desk.sawt.statuses] == [
        ("sent", "7"),
        ("delivered", "7"),
    ]


@pytest.mark.parametrize(
    ("twiml", "code"),
    [
        ("<Response>", "12100"),
        ("<Reply/>", "12102"),
        ("<Response><Say>no</Say></Response>", "12200"),
        ("<Response><Message/></Response>", "14103"),
        (f"<Response><Message>{'a' * 1601}</Message></Response>", "21617"),
    ],
)
async def test_twiml_that_twilio_would_not_carry_out(desk, twiml, code):
    desk.sawt.twiml = twiml
    assert await desk.network.phone("+212600000001").send("1") == []
    assert desk.network.alerts[0].startswith(code)


async def test_server_error_is_an_alert_and_no_retry_by_default(desk):
    desk.sawt.codes = [500]
    assert await desk.network.phone("+212600000001").send("1") == []
    assert len(desk.sawt.texts) == 1
    assert desk.network.alerts == ["11200 HTTP retrieval failure: 500"]


async def test_retries_keep_sid_and_token(make_desk):
    async with make_desk(fragment="#rc=3&rp=all") as desk:
        desk.sawt.codes, desk.sawt.twiml = [500, 503], REPLY
        assert await desk.network.phone("+212600000001").send("1") == ["Merci", "شكرا"]
        assert len(desk.sawt.texts) == 3
        assert len({form["MessageSid"] for form in desk.sawt.texts}) == 1
        assert len(set(desk.sawt.signatures)) == 1


async def test_nobody_listens(make_desk):
    async with make_desk() as desk:
        nowhere = f"{desk.base.rpartition(':')[0]}:9"  # the discard port: nothing listens there
        object.__setattr__(desk.network.settings, "inbound_url", nowhere)
        assert await desk.network.phone("+212600000001").send("1") == []
        assert desk.network.alerts == ["11200 HTTP retrieval failure: connect"]


async def test_same_sid_twice(desk):
    phone = desk.network.phone("+212600000001")
    sid = f"SM{'a' * 32}"
    await phone.send("1", sid=sid)
    await phone.send("1", sid=sid)
    assert [form["MessageSid"] for form in desk.sawt.texts] == [sid, sid]
    assert len(phone.log) == 1


async def test_two_messages_are_in_flight_at_once(desk):
    both = asyncio.Barrier(2)
    desk.sawt.during = both.wait
    phone = desk.network.phone("+212600000001")
    async with asyncio.timeout(60):
        await asyncio.gather(phone.send("1"), phone.send("2"))


@pytest.mark.parametrize(
    ("typed", "arrives"),
    [("a\x00b", "a\x00b"), ("\ud83d\ude00", "😀"), ("a\ud800", "a\ufffd"), ("\u202eabc", "\u202eabc"), ("", "")],
)
async def test_any_text_passes(desk, typed, arrives):
    await desk.network.phone("+212600000001").send(typed)
    assert desk.sawt.texts[0]["Body"] == arrives
    assert desk.network.alerts == []


async def test_body_holds_1600_letters(desk):
    await desk.network.phone("+212600000001").send("م" * 1700)
    assert desk.sawt.texts[0]["Body"] == "م" * 1600
    assert desk.sawt.texts[0]["NumSegments"] == "24"
