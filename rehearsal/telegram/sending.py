"""The Bot API methods that send, edit and delete messages."""

import re
import secrets
from typing import Any

from rehearsal.telegram.bot import BotServer
from rehearsal.telegram.chat import ChatMessage
from rehearsal.telegram.errors import RefusedError, bad_request
from rehearsal.telegram.formatting import Entity, parse
from rehearsal.telegram.groups import Group
from rehearsal.telegram.markup import inline_rows, reply_rows
from rehearsal.telegram.params import Params
from rehearsal.telegram.user import TelegramUser

_SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content "
    "and reply markup of the message"
)
_PICTURES = (b"\x89PNG", b"\xff\xd8")  # first bytes of a PNG and a JPEG
_DELETABLE = 48 * 3600  # seconds; Bot API, deleteMessage


def recipient(bot: BotServer, params: Params) -> TelegramUser:
    """Return the user named by `chat_id`. Raises `RefusedError` if the user never wrote to the bot, or blocked it."""
    if "chat_id" not in params:
        raise bad_request("chat_id is empty")
    chat_id = params.text("chat_id")
    user = bot.users.get(int(chat_id)) if re.fullmatch(r"-?[0-9]{1,18}", chat_id) else None
    if user is None or not user.profile.started:
        raise bad_request("chat not found")
    if user.profile.blocked:
        raise RefusedError(403, "Forbidden: bot was blocked by the user")
    return user


def group_of(bot: BotServer, params: Params) -> Group | None:
    """Return the group named by `chat_id`. If this is no known group, return None.

    Raises `RefusedError` if the bot has left the group.
    """
    chat_id = params.text("chat_id")
    group = bot.groups.get(int(chat_id)) if re.fullmatch(r"-[0-9]{1,18}", chat_id) else None
    if group is not None and group.left:
        raise RefusedError(403, "Forbidden: bot is not a member of the group chat")
    return group


def leave(bot: BotServer, params: Params) -> bool:
    """Execute leaveChat for a group."""
    group = group_of(bot, params)
    if group is None:
        raise bad_request("chat not found")
    group.left = True
    bot.touch()
    return True


def send_message(bot: BotServer, params: Params) -> dict[str, Any]:
    """Execute sendMessage."""
    group = group_of(bot, params)
    if group is None:
        recipient(bot, params)
    text, entities = _text(params, "text", longest=4096)
    if not text:
        raise bad_request("message text is empty")
    if group is None:
        return deliver(bot, recipient(bot, params), params, text, entities)
    group.said.append(text)
    date = int(bot.settings.clock())
    return {"message_id": bot.new_message_id(), "date": date, "chat": group.chat(), "from": bot.me, "text": text}


def send_photo(bot: BotServer, params: Params) -> dict[str, Any]:
    """Execute sendPhoto with an uploaded file or the id of an earlier photo.

    Telegram's third form, a URL, is refused.
    """
    user = recipient(bot, params)
    text, entities = _text(params, "caption", longest=1024)
    return deliver(bot, user, params, text, entities, photo=_photo(bot, params, "photo"))


def edit_text(bot: BotServer, params: Params) -> dict[str, Any]:
    """Execute editMessageText. A call without reply markup removes the buttons."""
    user, message = _editable(bot, params)
    text, entities = _text(params, "text", longest=4096)
    if not text:
        raise bad_request("message text is empty")
    if message.photo is not None:
        raise bad_request("there is no text in the message to edit")
    return _change(bot, user, message, params, text, entities)


def edit_caption(bot: BotServer, params: Params) -> dict[str, Any]:
    """Execute editMessageCaption."""
    user, message = _editable(bot, params)
    if message.photo is None:
        raise bad_request("there is no caption in the message to edit")
    return _change(bot, user, message, params, *_text(params, "caption", longest=1024))


def edit_media(bot: BotServer, params: Params) -> dict[str, Any]:
    """Execute editMessageMedia: replace a photo or a text by a photo."""
    user, message = _editable(bot, params)
    media = params.inner("media")
    if media.text("type") != "photo":
        raise bad_request("this server edits photos only")
    caption, entities = _text(media, "caption", longest=1024)
    return _change(bot, user, message, params, caption, entities, _photo(bot, media, "media"))


def edit_markup(bot: BotServer, params: Params) -> dict[str, Any]:
    """Execute editMessageReplyMarkup."""
    user, message = _editable(bot, params)
    return _change(bot, user, message, params, message.text, message.entities)


def delete(bot: BotServer, params: Params) -> bool:
    """Execute deleteMessage. Messages of both sides can be deleted within 48 hours."""
    user = recipient(bot, params)
    message = _find(user, params.integer("message_id"))
    if message is None:
        raise bad_request("message to delete not found")
    if bot.settings.clock() - message.date > _DELETABLE:
        raise bad_request("message can't be deleted")
    message.deleted = True
    bot.keep(message)
    return True


def _text(params: Params, name: str, *, longest: int) -> tuple[str, list[Entity]]:
    sent_entities = params.decoded("entities" if name == "text" else "caption_entities")
    text, entities = parse(params.text(name), params.text("parse_mode"))
    if len(text) > longest:
        raise bad_request("message is too long" if name == "text" else "message caption is too long")
    return text, sent_entities or entities


def _photo(bot: BotServer, params: Params, name: str) -> str:
    """Return the file id of the photo in a parameter. An uploaded photo is stored under a new id.

    Raises `RefusedError` if there is no upload, and no photo with this id.
    """
    data, photo = params.file(name), params.text(name)
    if data is not None:
        if not data.startswith(_PICTURES):
            raise bad_request("IMAGE_PROCESS_FAILED")
        photo = f"AgACAgQAAx{secrets.token_hex(16)}"
        bot.keep_photo(photo, data)
    elif photo not in bot.photos:
        raise bad_request("wrong file identifier/HTTP URL specified" if photo else "there is no photo in the request")
    return photo


def deliver(
    bot: BotServer, user: TelegramUser, params: Params, text: str, entities: list[Entity], **more: Any
) -> dict[str, Any]:
    """Add a message from the bot to the user's chat, and return its Message object.

    `more` are fields besides the text.
    """
    keyboard, reply_keyboard = inline_rows(params), reply_rows(params)
    message = ChatMessage(
        message_id=bot.new_message_id(),
        chat_id=user.profile.id,
        mine=False,
        date=int(bot.settings.clock()),
        text=text,
        entities=entities,
        keyboard=keyboard,
        **more,
    )
    if reply_keyboard is not None:
        user.keyboard = reply_keyboard
    user.log.append(message)
    bot.keep(message)
    return message.resource(bot.me, user.chat())


def _editable(bot: BotServer, params: Params) -> tuple[TelegramUser, ChatMessage]:
    user = recipient(bot, params)
    message = _find(user, params.integer("message_id"))
    if message is None:
        raise bad_request("message to edit not found")
    if message.mine:
        raise bad_request("message can't be edited")
    return user, message


def _find(user: TelegramUser, message_id: int) -> ChatMessage | None:
    return next((one for one in reversed(user.log) if one.message_id == message_id and not one.deleted), None)


def _change(
    bot: BotServer,
    user: TelegramUser,
    message: ChatMessage,
    params: Params,
    text: str,
    entities: list[Entity],
    photo: str | None = None,
) -> dict[str, Any]:
    keyboard, photo = inline_rows(params), photo or message.photo
    if (text, entities, keyboard, photo) == (message.text, message.entities, message.keyboard, message.photo):
        raise bad_request(_SAME)
    if (text, photo) != (message.text, message.photo):  # changing only buttons does not mark a message as edited
        message.edit_date = int(bot.settings.clock())
    message.text, message.entities, message.keyboard, message.photo = text, entities, keyboard, photo
    bot.keep(message)
    return message.resource(bot.me, user.chat())
