"""What people send besides text: as Telegram represents it, from Python, over HTTP and on the page's phones."""

import httpx
import pytest
from telegram import MessageOriginHiddenUser, ReactionTypeEmoji, Update
from telegram.error import Forbidden

from rehearsal.telegram.media import KINDS
from tests.rehearsal.test_updates import AMINA, KEYS, amina


def update(desk, place=-1):
    return Update.de_json(desk.sawt.updates[place], desk.bot)


async def hooked(desk):
    await desk.hook(allowed_updates=["message", "edited_message", "message_reaction", "my_chat_member"])
    user = amina(desk)
    await user.start()
    return user, await desk.bot.send_message(AMINA, "?", reply_markup=KEYS)


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_no_text(desk, checker, kind):
    user, _ = await hooked(desk)
    await user.show(kind, "voilà" if kind == "photo" else "")
    message = update(desk).message
    assert message.effective_attachment is not None
    assert (message.text, message.caption) == (None, "voilà" if kind == "photo" else None)
    assert checker.faults == []


async def test_a_reply_carries_the_message_with_its_buttons(desk, checker):
    user, question = await hooked(desk)
    await user.send("1", reply_to=question.message_id)
    replied = update(desk).message.reply_to_message
    assert (replied.message_id, replied.text, replied.from_user.is_bot) == (question.message_id, "?", True)
    assert replied.reply_markup.inline_keyboard[0][0].callback_data == "y"
    with pytest.raises(LookupError):
        await user.send("1", reply_to=999)
    assert checker.faults == []


async def test_forwarded_late_and_edited(desk, checker):
    user, _ = await hooked(desk)
    await user.send("Oui", forwarded=True)
    assert isinstance(update(desk).message.forward_origin, MessageOriginHiddenUser)
    await user.send("2", ago=600)
    sent = update(desk).message
    assert 599 <= (user.log[0].date - sent.date.timestamp()) <= 601
    await user.edit("3")
    edited = update(desk).edited_message
    assert (edited.message_id, edited.text) == (sent.message_id, "3")
    assert edited.edit_date > edited.date
    assert checker.faults == []


async def test_a_sign_is_put_on_and_taken_back(desk, checker):
    user, question = await hooked(desk)
    for sign, signs in (("👍", ("👍",)), ("", ())):
        await user.react(sign)
        change = update(desk).message_reaction
        assert change.message_id == question.message_id
        assert change.new_reaction == tuple(map(ReactionTypeEmoji, signs))
    assert checker.faults == []


async def test_signs_come_only_where_they_are_asked_for(desk):
    await desk.hook()
    user = amina(desk)
    await user.start()
    await desk.bot.send_message(AMINA, "?")
    await user.react("👍")
    assert len(desk.sawt.updates) == 1


async def test_a_group_until_the_bot_leaves_it(desk, checker):
    user, _ = await hooked(desk)
    group = desk.network.bot.group(-5)
    await user.add_to(group)
    assert update(desk).my_chat_member.new_chat_member.status == "member"
    assert (await desk.bot.send_message(-5, "Bonjour")).chat.type == "group"
    assert await desk.bot.leave_chat(-5)
    with pytest.raises(Forbidden):
        await desk.bot.send_message(-5, "Bonjour")
    assert (group.said, group.left) == (["Bonjour"], True)
    assert checker.faults == []


async def test_an_mms_and_the_same_sms_under_two_ids(desk):
    phone = desk.network.phone("+212600000001")
    await phone.send("voilà", media=1)
    await phone.send("1", again=True)
    media, one, two = desk.sawt.texts[-3:]
    assert (media["NumMedia"], media["Body"], one["NumMedia"]) == ("1", "voilà", "0")
    assert one["Body"] == two["Body"] == "1"
    assert one["MessageSid"] != two["MessageSid"]


async def test_all_of_it_over_http(desk, checker):
    _, question = await hooked(desk)
    actions = [
        ("show", {"kind": "voice"}), ("show", {"kind": "photo", "text": "voilà"}), ("forward", {"text": "Oui"}),
        ("late", {"text": "1"}), ("late", {"text": "1", "ago": 30}), ("edit", {"text": "2"}),
        ("reply", {"text": "1", "message": question.message_id}), ("react", {"sign": "👍"}),
        ("react", {"sign": "❤", "message": question.message_id}),
    ]  # fmt: skip
    async with httpx.AsyncClient(base_url=f"{desk.base}/rehearsal/") as page:
        for action, fields in actions:
            assert (await page.post(f"phones/telegram-1/{action}", json=fields)).status_code == 204
        for action in ("again", "mms"):
            assert (await page.post(f"phones/sms-1/{action}", json={"text": "1"})).status_code == 204
        for refused, fields in (("sms-1/show", {"kind": "voice"}), ("telegram-1/show", {"kind": "smell"}),
                              ("telegram-1/reply", {"text": "1", "message": 99}),
                              ("telegram-1/edit", {"text": "1", "message": 99})):  # fmt: skip
            assert (await page.post(f"phones/{refused}", json=fields)).status_code == 400
        await desk.network.settled()
        shown = (await page.get("phones/state")).json()["phones"]
    assert len(desk.sawt.updates) == 1 + len(actions)
    assert [one["text"] for one in shown["telegram-1"]["log"]][2:4] == ["[voice]", "[photo] voilà"]
    assert shown["telegram-1"]["log"][1]["sign"] == "❤"
    assert len(shown["sms-1"]["log"]) == 3
    assert checker.faults == []
