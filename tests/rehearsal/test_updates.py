"""Updates reach the bot by webhook or long poll, in order, until it accepts them."""

import asyncio

import httpx
import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import BadRequest, Conflict
from telegram.ext import Application, MessageHandler, filters

from rehearsal.activity import NotSettledError

AMINA = 1000001
KEYS = InlineKeyboardMarkup([[InlineKeyboardButton("نعم", callback_data="y")]])


def amina(desk):
    return desk.network.telegram_user(AMINA, "fr", "Amina")


async def test_start_with_payload_parses(desk, checker):
    await desk.hook(secret_token="s3cret")
    await amina(desk).start("c_42")
    update = Update.de_json(desk.sawt.updates[0], desk.bot)
    assert update.message.text == "/start c_42"
    assert update.message.entities[0].length == 6
    assert (update.effective_user.language_code, update.effective_user.first_name) == ("fr", "Amina")
    assert desk.sawt.secrets == ["s3cret"]
    assert checker.faults == []


async def test_tap_answer_toast_edit(desk, checker):
    await desk.hook()
    user = amina(desk)
    await user.start()
    await desk.bot.send_message(AMINA, "?", reply_markup=KEYS)
    await user.tap("نعم")
    query = Update.de_json(desk.sawt.updates[1], desk.bot).callback_query
    assert (query.data, query.message.text) == ("y", "?")
    await query.answer("شكرا")
    await query.edit_message_text("✓")
    assert (user.toasts, user.last.text, user.last.edited) == (["شكرا"], "✓", True)
    with pytest.raises(LookupError):
        await user.tap("نعم")
    await user.tap_on(user.last.message_id, "y")
    assert desk.sawt.updates[2]["callback_query"]["data"] == "y"
    assert checker.faults == []


async def test_query_grows_old(make_desk):
    async with make_desk(query_lifetime=-1.0) as desk:
        await desk.hook()
        await amina(desk).start()
        await desk.bot.send_message(AMINA, "?", reply_markup=KEYS)
        await amina(desk).tap("y")
        with pytest.raises(BadRequest, match="Query is too old"):
            await desk.bot.answer_callback_query(desk.sawt.updates[1]["callback_query"]["id"])


async def test_query_is_answered_once(desk):
    await desk.hook()
    await amina(desk).start()
    await desk.bot.send_message(AMINA, "?", reply_markup=KEYS)
    await amina(desk).tap("y")
    query_id = desk.sawt.updates[1]["callback_query"]["id"]
    assert await desk.bot.answer_callback_query(query_id)
    with pytest.raises(BadRequest, match="query id is invalid"):
        await desk.bot.answer_callback_query(query_id)


async def test_block_unblock_and_return(desk, checker):
    await desk.hook(allowed_updates=["message", "my_chat_member"])
    user = amina(desk)
    await user.start()
    await user.block()
    await user.send("je reviens")
    kinds = [update.keys() - {"update_id"} for update in desk.sawt.updates]
    assert kinds == [{"message"}, {"my_chat_member"}, {"my_chat_member"}, {"message"}]
    member = Update.de_json(desk.sawt.updates[1], desk.bot).my_chat_member
    assert (member.old_chat_member.status, member.new_chat_member.status) == ("member", "kicked")
    assert checker.faults == []


async def test_unwanted_kinds_stay_away(desk):
    await desk.hook(allowed_updates=["message"])
    await amina(desk).start()
    await amina(desk).block()
    assert len(desk.sawt.updates) == 1


async def test_contact(desk, checker):
    await desk.hook()
    await amina(desk).share_contact("+212600000001")
    contact = Update.de_json(desk.sawt.updates[0], desk.bot).message.contact
    assert (contact.phone_number, contact.user_id) == ("+212600000001", AMINA)
    assert checker.faults == []


async def test_refused_update_comes_again_before_the_next(desk):
    await desk.hook()
    desk.sawt.codes = [500, 503]
    user = amina(desk)
    await asyncio.gather(user.send("1"), user.send("2"))
    assert [update["message"]["text"] for update in desk.sawt.updates] == ["1", "1", "1", "2"]
    ids = [update["update_id"] for update in desk.sawt.updates]
    assert ids == [ids[0], ids[0], ids[0], ids[0] + 1]
    assert (await desk.bot.get_webhook_info()).last_error_message == "Wrong response from the webhook: 503"


async def test_given_up_at_last(make_desk):
    async with make_desk(webhook_attempts=2) as desk:
        await desk.hook()
        desk.sawt.codes = [500, 500]
        await amina(desk).send("1")
        assert "given up" in desk.network.alerts[0]
        await desk.network.settled()


async def test_chats_do_not_wait_for_each_other(desk):
    both = asyncio.Barrier(2)
    desk.sawt.during = both.wait
    await desk.hook()
    async with asyncio.timeout(60):
        await asyncio.gather(amina(desk).send("1"), desk.network.telegram_user(1000002).send("1"))


async def test_repeated_and_reordered(desk):
    await desk.hook()
    desk.network.telegram.repeat_next, desk.network.telegram.reorder = 1, True
    user = amina(desk)
    await asyncio.gather(user.send("1"), user.send("2"))
    await desk.network.settled()
    assert [update["message"]["text"] for update in desk.sawt.updates] == ["2", "2", "1"]


async def test_poll_confirms_by_offset(desk, checker):
    user = amina(desk)
    sending = asyncio.create_task(user.send("1"))
    (update,) = await desk.bot.get_updates(timeout=5)
    assert update.message.text == "1"
    assert not sending.done()
    with pytest.raises(NotSettledError, match="1 x update the bot did not take"):
        await desk.network.settled(timeout=0.01)
    assert await desk.bot.get_updates(offset=update.update_id + 1) == ()
    await sending
    await desk.network.settled()
    assert checker.faults == []


async def test_poll_limits_and_negative_offset(desk):
    for text in "123":
        await amina(desk).send(text, wait=False)
    assert [one.message.text for one in await desk.bot.get_updates(limit=2)] == ["1", "2"]
    assert [one.message.text for one in await desk.bot.get_updates(offset=-1)] == ["3"]
    assert len(desk.network.bot.updates.pending) == 1


async def test_second_poller_throws_the_first_out(desk):
    first = asyncio.create_task(desk.bot.get_updates(timeout=5))
    await desk.network.activity.until(lambda: desk.network.bot.updates.polls == 1, seconds=5, describe=lambda: "a poll")
    async with httpx.AsyncClient() as second:  # the library allows one poll at a time
        await second.get(f"{desk.base}/rehearsal/telegram/bot{desk.bot.token}/getUpdates")
    with pytest.raises(Conflict, match="terminated by other getUpdates"):
        await first


async def test_webhook_and_poll_exclude_each_other(desk):
    await desk.hook()
    with pytest.raises(Conflict, match="webhook is active"):
        await desk.bot.get_updates()
    await desk.bot.delete_webhook()
    await amina(desk).send("1", wait=False)
    assert (await desk.bot.get_webhook_info()).pending_update_count == 1
    await desk.hook()
    await desk.network.settled()
    assert desk.sawt.updates[0]["message"]["text"] == "1"


async def test_pending_updates_may_be_dropped(desk):
    await amina(desk).send("1", wait=False)
    await desk.bot.delete_webhook(drop_pending_updates=True)
    await desk.network.settled()


async def test_poll_ends_when_the_network_closes(make_desk):
    async with make_desk(poll_ceiling=600) as desk:
        poll = asyncio.create_task(desk.bot.get_updates(timeout=600))
        await desk.network.activity.until(
            lambda: desk.network.bot.updates.polls == 1, seconds=5, describe=lambda: "a poll"
        )
        await desk.network.aclose()
        assert await poll == ()


@pytest.mark.parametrize(
    ("typed", "arrive"), [("a\ud800", ["a\ufffd"]), ("\x00", []), ("م" * 5000, ["م" * 4096, "م" * 904])]
)
async def test_any_text_passes(desk, checker, typed, arrive):
    await desk.hook()
    await amina(desk).send(typed)
    assert [update["message"]["text"] for update in desk.sawt.updates] == arrive
    assert checker.faults == []


async def test_the_librarys_own_polling(desk, checker):
    received = asyncio.Queue()

    async def hear(update, _context):
        await update.effective_message.reply_text(f"🗳 {update.effective_message.text}")
        received.put_nowait(update.update_id)

    application = Application.builder().token(desk.bot.token).base_url(f"{desk.base}/rehearsal/telegram/bot").build()
    application.add_handler(MessageHandler(filters.ALL, hear))
    async with application:
        await application.start()
        await application.updater.start_polling()
        await amina(desk).send("1")
        await received.get()
        assert amina(desk).last.text == "🗳 1"
        await application.updater.stop()
        await application.stop()
    assert checker.faults == []
