"""The page of phones: its policy, its state, and the actions it offers."""

import asyncio

import httpx
import pytest

from rehearsal.phones import actions

PHONES = ["sms-1", "sms-2", "telegram-1", "telegram-2"]


@pytest.fixture
async def page(desk):
    async with httpx.AsyncClient(base_url=f"{desk.base}/rehearsal/") as client:
        yield client


async def act(page, phone, action, **fields):
    answer = await page.post(f"phones/{phone}/{action}", json=fields)
    return answer.status_code


async def test_page_and_files_are_served_under_a_mount(page):
    answer = await page.get("phones")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'")
    assert "unsafe" not in policy
    assert "<style" not in answer.text
    assert " style=" not in answer.text
    for name in ("phones.css", "phones.js", "icon.svg"):
        assert f'"static/{name}"' in answer.text
        assert (await page.get(f"static/{name}")).status_code == 200


async def test_state_lists_the_four_phones(page):
    phones = (await page.get("phones/state")).json()["phones"]
    assert list(phones) == PHONES
    assert phones["sms-1"]["number"] == "+212600000001"
    assert [phones[name]["language"] for name in PHONES[2:]] == ["fr", "zgh"]


async def test_sms_typed_on_the_page(desk, page):
    desk.sawt.twiml = "<Response><Message>شكرا</Message></Response>"
    assert await act(page, "sms-2", "send", text="1") == 204
    await desk.network.settled()
    log = (await page.get("phones/state")).json()["phones"]["sms-2"]["log"]
    assert [(one["from"], one["text"]) for one in log] == [("me", "1"), ("service", "شكرا")]


async def test_telegram_on_the_page(desk, page):
    await desk.hook()
    assert await act(page, "telegram-1", "start", text="c_42") == 204
    sent = await desk.bot.send_message(
        1000001, "?", reply_markup={"inline_keyboard": [[{"text": "نعم", "callback_data": "y"}]]}
    )
    assert await act(page, "telegram-1", "tap", message=sent.message_id, data="y") == 204
    assert await act(page, "telegram-1", "contact") == 204
    assert await act(page, "telegram-1", "block") == 204
    await desk.network.settled()
    kinds = [max(update.keys() - {"update_id"}) for update in desk.sawt.updates]
    assert kinds == ["message", "callback_query", "message", "my_chat_member"]
    shown = (await page.get("phones/state")).json()["phones"]["telegram-1"]
    assert shown["blocked"]
    assert shown["log"][1]["buttons"] == [[{"text": "نعم", "data": "y", "url": None}]]
    assert await act(page, "telegram-1", "block") == 204
    assert not (await page.get("phones/state")).json()["phones"]["telegram-1"]["blocked"]


async def test_picture(desk, page):
    await desk.network.telegram_user(1000001).start(wait=False)
    photo = (await desk.bot.send_photo(1000001, b"\x89PNG")).photo[0].file_id
    answer = await page.get(f"phones/photo/{photo}")
    assert (answer.headers["content-type"], answer.content) == ("image/png", b"\x89PNG")
    assert (await page.get("phones/photo/none")).status_code == 404


async def test_state_waits_for_a_change(desk, page):
    version = (await page.get("phones/state")).json()["version"]
    waiting = asyncio.create_task(page.get(f"phones/state?since={version}"))
    await desk.network.phone("+212600000001").send("1")
    assert (await waiting).json()["version"] > version


async def test_trouble_is_shown(desk, page):
    desk.sawt.codes = [500]
    await desk.network.phone("+212600000001").send("1")
    assert (await page.get("phones/state")).json()["alerts"] == ["11200 HTTP retrieval failure: 500"]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("telegram-9/start", {}),
        ("telegram-1/fly", {}),
        ("telegram-1/tap", {"message": 1, "data": "y"}),
        ("sms-1/tap", {}),
    ],
)
async def test_nonsense_is_refused(page, path, fields):
    phone, action = path.split("/")
    assert await act(page, phone, action, **fields) == 400


@pytest.mark.parametrize(
    ("path", "fields", "error"),
    [
        ("sms-1/send", {"txt": "1"}, "missing: text; unknown: txt"),
        ("sms-1/send", {}, "missing: text"),
        ("telegram-1/send", {"text": "1", "message": 7}, "unknown: message"),
        ("telegram-1/tap", {"message": 7}, "missing: data"),
        ("telegram-1/block", {"text": "1"}, "unknown: text"),
    ],
)
async def test_a_wrong_field_is_named_and_nothing_is_sent(desk, page, path, fields, error):
    answer = await page.post(f"phones/{path}", json=fields)
    assert (answer.status_code, answer.text) == (422, error)
    phones = (await page.get("phones/state")).json()["phones"]
    assert [phones[name]["log"] for name in PHONES] == [[], [], [], []]


def test_every_action_says_which_fields_it_takes():
    for action in (*actions.ACTIONS, *actions.SMS):
        assert actions.wrong_fields(action, {"x": 1}).endswith("unknown: x")


async def test_another_site_cannot_post_a_form(page):
    assert (await page.post("phones/sms-1/send", data={"text": "1"})).status_code == 415


async def test_default_people_are_left_to_the_tests(desk, page):
    desk.network.telegram_user(1000001, None, "Zineb")
    shown = (await page.get("phones/state")).json()["phones"]["telegram-1"]
    assert (shown["name"], shown["language"]) == ("Zineb", None)
