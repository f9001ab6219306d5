"""The Bot API as python-telegram-bot sees it: sending, editing, limits, and the errors that a bot must distinguish."""

import io

import httpx
import pytest
from telegram import (
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    KeyboardButton,
    ReplyKeyboardMarkup,
)
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter

AMINA = 1000001
KEYS = InlineKeyboardMarkup(
    [[InlineKeyboardButton("نعم", callback_data="y"), InlineKeyboardButton("Non", url="https://example.org")]]
)


@pytest.fixture
async def amina(desk):
    user = desk.network.telegram_user(AMINA, "fr", "Amina")
    await user.start(wait=False)
    return user


async def test_message_with_buttons(desk, amina, checker):
    sent = await desk.bot.send_message(AMINA, "مرحبا", reply_markup=KEYS)
    assert (sent.chat.id, sent.from_user.id, sent.text) == (AMINA, 4242, "مرحبا")
    assert amina.last.message_id == sent.message_id
    assert amina.last.buttons == [[("نعم", "y"), ("Non", "https://example.org")]]
    assert checker.faults == []


async def test_edit_text_drops_buttons_and_marks(desk, amina, checker):
    sent = await desk.bot.send_message(AMINA, "1", reply_markup=KEYS)
    edited = await desk.bot.edit_message_text("2", AMINA, sent.message_id)
    assert edited.edit_date is not None
    assert (amina.last.text, amina.last.buttons, amina.last.edited) == ("2", [], True)
    assert checker.faults == []


async def test_edit_of_buttons_alone_shows_no_mark(desk, amina):
    sent = await desk.bot.send_message(AMINA, "1", reply_markup=KEYS)
    await desk.bot.edit_message_reply_markup(AMINA, sent.message_id)
    assert (amina.last.buttons, amina.last.edited) == ([], False)


async def test_photo_and_its_caption(desk, amina, checker):
    sent = await desk.bot.send_photo(
        AMINA, io.BytesIO(b"\x89PNG"), caption="<b>Résultat</b> &amp; suite", parse_mode="HTML"
    )
    assert (sent.caption, sent.caption_entities[0].length) == ("Résultat & suite", 8)
    again = await desk.bot.send_photo(AMINA, sent.photo[0].file_id)
    await desk.bot.edit_message_caption(AMINA, again.message_id, caption="2")
    assert desk.network.bot.photos[amina.last.photo] == b"\x89PNG"
    assert checker.faults == []


async def test_a_photo_takes_the_place_of_a_text_and_of_another_one(desk, amina, checker):
    sent = await desk.bot.send_message(AMINA, "1", reply_markup=KEYS)
    shown = await desk.bot.edit_message_media(
        InputMediaPhoto(b"\x89PNG", caption="2"), AMINA, sent.message_id, reply_markup=KEYS
    )
    assert (amina.last.text, amina.last.edited, len(amina.messages)) == ("2", True, 1)
    assert (desk.network.bot.photos[amina.last.photo], shown.photo[0].file_id) == (b"\x89PNG", amina.last.photo)
    again = InputMediaPhoto(shown.photo[0].file_id, caption="2")
    with pytest.raises(BadRequest, match="not modified"):
        await desk.bot.edit_message_media(again, AMINA, sent.message_id, reply_markup=KEYS)
    await desk.bot.edit_message_media(again, AMINA, sent.message_id)
    assert amina.last.buttons == []
    await desk.bot.edit_message_media(InputMediaPhoto(b"\xff\xd8other", caption="2"), AMINA, sent.message_id)
    assert desk.network.bot.photos[amina.last.photo] == b"\xff\xd8other"
    for media, words in (
        (InputMediaPhoto("nowhere"), "wrong file identifier"),
        (InputMediaPhoto(b"\x89PNG", caption="x" * 1025), "caption is too long"),
        (InputMediaPhoto(b"text"), "IMAGE_PROCESS_FAILED"),
        (InputMediaDocument(b"x"), "photos only"),
    ):
        with pytest.raises(BadRequest, match=f"(?i){words}"):
            await desk.bot.edit_message_media(media, AMINA, sent.message_id)
    with pytest.raises(BadRequest, match="no text in the message"):
        await desk.bot.edit_message_text("3", AMINA, sent.message_id)
    assert [each for each in checker.faults if "1025" not in each] == []


async def test_delete(desk, amina, checker):
    sent = await desk.bot.send_message(AMINA, "1")
    assert await desk.bot.delete_message(AMINA, sent.message_id)
    assert amina.messages == []
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await desk.bot.delete_message(AMINA, sent.message_id)
    assert checker.faults == []


async def test_entities_count_utf16_units(desk, amina):
    sent = await desk.bot.send_message(AMINA, "👍 <b>ⴰⵣⵓⵍ</b>", parse_mode="HTML")
    assert sent.parse_entities() == {sent.entities[0]: "ⴰⵣⵓⵍ"}
    assert sent.entities[0].offset == 3


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"text": ""}, "Message text is empty"),
        ({"text": " \n"}, "Message text is empty"),
        ({"text": "a" * 4097}, "Message is too long"),
        ({"chat_id": 5}, "Chat not found"),
        ({"chat_id": "@nobody"}, "Chat not found"),
        ({"text": "<b>a", "parse_mode": "HTML"}, "Can't parse entities"),
        ({"parse_mode": "MarkdownV2"}, "Unsupported parse_mode"),
        (
            {"reply_markup": InlineKeyboardMarkup([[InlineKeyboardButton("a", callback_data="ⴰ" * 22)]])},
            "Button_data_invalid",
        ),
        (
            {"reply_markup": InlineKeyboardMarkup([[InlineKeyboardButton("a", callback_data="")]])},
            "Button_data_invalid",
        ),
        ({"reply_markup": {"inline_keyboard": [[{"text": "a"}]]}}, "Can't parse inline keyboard button"),
    ],
)
async def test_bad_messages(desk, amina, params, sentence):
    with pytest.raises(BadRequest, match=sentence):
        await desk.bot.send_message(**{"chat_id": AMINA, "text": "a"} | params)


async def test_edit_errors(desk, amina):
    sent = await desk.bot.send_message(AMINA, "1", reply_markup=KEYS)
    with pytest.raises(BadRequest, match="Message is not modified"):
        await desk.bot.edit_message_text("1", AMINA, sent.message_id, reply_markup=KEYS)
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await desk.bot.edit_message_text("2", AMINA, 999)
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await desk.bot.edit_message_text("2", AMINA, amina.log[0].message_id)


async def test_blocked_and_welcome_again(desk, amina):
    await amina.block(wait=False)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await desk.bot.send_message(AMINA, "1")
    await amina.unblock(wait=False)
    await desk.bot.send_message(AMINA, "2")
    assert amina.last.text == "2"


async def test_weather(desk, amina, monkeypatch):
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # otherwise the library warns about its next version
    faults = desk.network.telegram
    faults.fail_next = faults.throttle_next = faults.lose_next = 1
    faults.retry_after = 7
    with pytest.raises(NetworkError, match="Internal Server Error"):
        await desk.bot.send_message(AMINA, "1")
    with pytest.raises(RetryAfter, match="Retry in 0:00:07"):
        await desk.bot.send_message(AMINA, "2")
    assert amina.messages == []
    with pytest.raises(NetworkError):
        await desk.bot.send_message(AMINA, "3")
    assert amina.last.text == "3"


async def test_weather_only_where_ordered(desk, amina):
    desk.network.telegram.hit = frozenset({"sendChatAction"})
    desk.network.telegram.fail_next = 1
    await desk.bot.send_message(AMINA, "1")
    with pytest.raises(NetworkError):
        await desk.bot.send_chat_action(AMINA, "typing")
    assert await desk.bot.send_chat_action(AMINA, "typing")


async def test_profile(desk, checker):
    commands = [BotCommand("stop", "Arrêter"), BotCommand("langue", "Langue")]
    await desk.bot.set_my_commands(commands, language_code="fr")
    assert await desk.bot.get_my_commands(language_code="fr") == tuple(commands)
    assert await desk.bot.get_my_commands() == ()
    await desk.bot.set_my_description("Consultations")
    assert (await desk.bot.get_my_description("ar")).description == "Consultations"
    assert await desk.bot.set_my_short_description("Sawt", language_code="ar")
    assert await desk.bot.log_out()
    with pytest.raises(BadRequest):
        await desk.bot.set_my_commands(commands, language_code="zgh")
    assert [fault for fault in checker.faults if "zgh" not in fault] == []


async def test_reply_keyboard(desk, amina):
    keyboard = ReplyKeyboardMarkup([[KeyboardButton("رقمي", request_contact=True)], ["Non"]])
    await desk.bot.send_message(AMINA, "?", reply_markup=keyboard)
    assert [[one["text"] for one in row] for row in amina.keyboard] == [["رقمي"], ["Non"]]


async def test_strangers(desk):
    root = f"{desk.base}/rehearsal/telegram"
    async with httpx.AsyncClient() as client:
        answers = [
            await client.get(f"{root}/{path}")
            for path in ("bot1:x/getMe", "botx/getMe", "bot4242:rehearsal-bot-token/sing")
        ]
        broken = await client.post(f"{root}/bot4242:rehearsal-bot-token/sendMessage", content=b'{"chat_id": 1000001')
    assert [answer.status_code for answer in answers] == [401, 404, 404]
    assert answers[0].json() == {"ok": False, "error_code": 401, "description": "Unauthorized"}
    assert broken.json()["description"] == "Bad Request: chat_id is empty"


@pytest.mark.parametrize(
    ("text", "arrives"), [(r"a\ud83d\ude00", "a😀"), (r"a\u0000b", "a b"), (r"\u202ea\u2067b", "a\u2067b")]
)
async def test_odd_json_text(desk, amina, text, arrives):
    async with httpx.AsyncClient() as client:
        url = f"{desk.base}/rehearsal/telegram/bot4242:rehearsal-bot-token/sendMessage"
        content = f'{{"chat_id": 1000001, "text": "{text}"}}'
        answer = await client.post(url, content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 200
    assert amina.last.text == arrives


async def test_half_a_character_is_refused(desk, amina):
    async with httpx.AsyncClient() as client:
        url = f"{desk.base}/rehearsal/telegram/bot4242:rehearsal-bot-token/sendMessage"
        as_json = await client.post(
            url, content=r'{"chat_id": 1000001, "text": "a\ud800"}', headers={"Content-Type": "application/json"}
        )
        as_form = await client.post(url, content=b"chat_id=1000001&text=a%FF")
    assert {as_json.json()["description"], as_form.json()["description"]} == {
        "Bad Request: strings must be encoded in UTF-8"
    }


async def test_wrong_token_in_the_library(desk):
    stranger = type(desk.bot)("1:wrong", base_url=f"{desk.base}/rehearsal/telegram/bot")
    with pytest.raises(InvalidToken):
        await stranger.initialize()
    await stranger.shutdown()
