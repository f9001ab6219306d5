"""A Telegram user: what the user can do in the chat with the bot, and what the user sees there."""

import itertools
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from rehearsal.activity import Activity
from rehearsal.telegram.chat import ChatMessage
from rehearsal.telegram.formatting import clean, commands
from rehearsal.telegram.groups import Group
from rehearsal.telegram.markup import Rows
from rehearsal.telegram.media import content
from rehearsal.text import well_formed

_LONGEST = 4096  # characters of one message; apps split longer texts
_PATIENCE = 20.0  # seconds to wait for Sawt to accept an update


@dataclass
class Profile:
    """What Telegram knows about a user, and whether the user started or blocked the bot."""

    id: int
    first_name: str
    language_code: str | None = None
    started: bool = False
    blocked: bool = False


@dataclass(frozen=True)
class Line:
    """The functions and data of the bot server that a user needs.

    `update` adds an update and returns its id. If the bot does not want the update, the result is None. `pending`
    returns whether an update still waits.
    """

    bot: dict[str, Any]
    activity: Activity
    now: Callable[[], int]
    new_message_id: Callable[[], int]
    update: Callable[[str, int, dict[str, Any]], int | None]
    pending: Callable[[int], bool]
    keep: Callable[[str, str, Any], None]
    new_query: Callable[[int], str]


class TelegramUser:
    """A simulated user. `log` is the whole chat; `messages` are the bot's messages; `toasts` are short answers to taps.

    Each action waits until Sawt has accepted the update. After 20 s, the action raises `NotSettledError`. With
    `wait=False`, it does not wait.
    """

    def __init__(self, profile: Profile, line: Line) -> None:
        self.profile = profile
        self.log: list[ChatMessage] = []
        self.toasts: list[str] = []
        self.keyboard: Rows = []
        self._line = line

    @property
    def messages(self) -> list[ChatMessage]:
        """The bot's messages that were not deleted, oldest first."""
        return [message for message in self.log if not message.mine and not message.deleted]

    @property
    def last(self) -> ChatMessage:
        """The bot's last message. Raises IndexError if the bot sent none."""
        return self.messages[-1]

    async def send(
        self, text: str, *, reply_to: int | None = None, forwarded: bool = False, ago: int = 0, wait: bool = True
    ) -> None:
        """Send a text to the bot. A blocked bot is unblocked first. As in an app, white space alone is not sent.

        `reply_to` is the id of the message to reply to. Raises LookupError if the id is unknown. For a message that
        arrives late, `ago` is its age in seconds.
        """
        replied = None if reply_to is None else self.message(reply_to)
        cleaned = clean(well_formed(text))
        for start in range(0, len(cleaned), _LONGEST):
            piece = cleaned[start : start + _LONGEST]
            message = self._new(piece, commands(piece))
            message.date -= ago
            message.forwarded, message.reply_to = forwarded, None if replied is None else replied.message_id
            await self._say(message, wait=wait)

    async def show(self, kind: str, caption: str = "", *, wait: bool = True) -> None:
        """Send a voice message, a picture or another kind in `media.KINDS`. Raises LookupError for an unknown kind."""
        message = self._new(caption, [])
        message.shown = content(kind, caption)
        await self._say(message, wait=wait)

    async def edit(self, text: str, message_id: int | None = None, *, wait: bool = True) -> None:
        """Edit a message of the user, by default the last one.

        Raises LookupError for an unknown message, and IndexError if the user has sent none.
        """
        own = [one.message_id for one in self.log if one.mine]
        message = self.message(message_id if message_id is not None else own[-1])
        message.text, message.edit_date = clean(well_formed(text)), self._line.now()
        self._line.keep("chat", str(message.message_id), asdict(message))
        await self._update("edited_message", self._resource(message), wait=wait)

    async def react(self, sign: str, message_id: int | None = None, *, wait: bool = True) -> None:
        """React to a message, by default to the bot's last one. An empty `sign` removes the reaction.

        Raises LookupError if there is no such message.
        """
        message = self.message(message_id if message_id is not None else self.last.message_id)
        old, message.sign = message.sign, sign
        change = {
            "chat": self.chat(),
            "message_id": message.message_id,
            "user": self.resource(),
            "date": self._line.now(),
            "old_reaction": [{"type": "emoji", "emoji": each} for each in (old,) if each],
            "new_reaction": [{"type": "emoji", "emoji": each} for each in (sign,) if each],
        }
        self._line.keep("chat", str(message.message_id), asdict(message))
        await self._update("message_reaction", change, wait=wait)

    async def add_to(self, group: Group, *, wait: bool = True) -> None:
        """Add the bot to a group."""
        bot = self._line.bot
        change = {
            "chat": group.chat(),
            "from": self.resource(),
            "date": self._line.now(),
            "old_chat_member": {"user": bot, "status": "left"},
            "new_chat_member": {"user": bot, "status": "member"},
        }
        await self._update("my_chat_member", change, wait=wait)

    def message(self, message_id: int) -> ChatMessage:
        """Return the message with this id, from the user or the bot. Raises LookupError if there is none."""
        message = next((one for one in self.log if one.message_id == message_id), None)
        if message is None:
            raise LookupError(f"there is no message {message_id}")
        return message

    async def start(self, payload: str | None = None, *, wait: bool = True) -> None:
        """Press Start. A link to the bot may contain a `payload`, which the bot receives."""
        await self.send(f"/start {payload}" if payload else "/start", wait=wait)

    async def tap(self, label_or_data: str, *, wait: bool = True) -> None:
        """Tap the latest inline button with this label or callback data. Raises LookupError if there is none."""
        for message in reversed(self.messages):
            for label, data in itertools.chain.from_iterable(message.buttons):
                if label_or_data in (label, data):
                    await self.tap_on(message.message_id, data, wait=wait)
                    return
        raise LookupError(f"no button {label_or_data!r} on any of {[message.buttons for message in self.messages]}")

    async def tap_on(self, message_id: int, data: str, *, wait: bool = True) -> None:
        """Tap a button of any message of the bot, even if the button has been removed since.

        Raises LookupError if the bot sent no such message.
        """
        message = self.message(message_id)
        if message.mine:
            raise LookupError(f"the bot sent no message {message_id}")
        query = {
            "id": self._line.new_query(self.profile.id),
            "from": self.resource(),
            "message": message.resource(self._line.bot, self.chat()),
            "chat_instance": str(7_000_000_000 + self.profile.id),
            "data": data,
        }
        await self._update("callback_query", query, wait=wait)

    async def share_contact(self, number: str, *, wait: bool = True) -> None:
        """Share a phone number with the bot as the user's own number."""
        contact = {"phone_number": number, "first_name": self.profile.first_name, "user_id": self.profile.id}
        await self._say(self._new("", [], contact), wait=wait)

    async def block(self, *, wait: bool = True) -> None:
        """Block the bot, so that it cannot write to the user."""
        await self._set_blocked(blocked=True, wait=wait)

    async def unblock(self, *, wait: bool = True) -> None:
        """Unblock the bot, so that it can write to the user again."""
        await self._set_blocked(blocked=False, wait=wait)

    def resource(self) -> dict[str, Any]:
        """Return the user as a User object of the Bot API."""
        user: dict[str, Any] = {"id": self.profile.id, "is_bot": False, "first_name": self.profile.first_name}
        return user | ({"language_code": self.profile.language_code} if self.profile.language_code else {})

    def chat(self) -> dict[str, Any]:
        """Return the user's chat as a Chat object of the Bot API."""
        return {"id": self.profile.id, "type": "private", "first_name": self.profile.first_name}

    def save(self) -> None:
        """Store the user's profile for the next run."""
        self._line.keep("user", str(self.profile.id), asdict(self.profile))

    def _new(self, text: str, entities: list[Any], contact: dict[str, Any] | None = None) -> ChatMessage:
        line = self._line
        return ChatMessage(
            message_id=line.new_message_id(),
            chat_id=self.profile.id,
            mine=True,
            date=line.now(),
            text=text,
            entities=entities,
            contact=contact,
        )

    async def _say(self, message: ChatMessage, *, wait: bool) -> None:
        await self.unblock(wait=wait)
        if not self.profile.started:
            self.profile.started = True
            self.save()
        self.log.append(message)
        self._line.keep("chat", str(message.message_id), asdict(message))
        await self._update("message", self._resource(message), wait=wait)

    def _resource(self, message: ChatMessage) -> dict[str, Any]:
        """Return a message as a Message object of the Bot API, including the message to which it replies."""
        author, chat = self.resource(), self.chat()
        if message.reply_to is None:
            return message.resource(author, chat)
        replied = self.message(message.reply_to)
        return message.resource(author, chat, replied.resource(author if replied.mine else self._line.bot, chat))

    async def _set_blocked(self, *, blocked: bool, wait: bool) -> None:
        if self.profile.blocked == blocked:
            return
        self.profile.blocked = blocked
        self.save()
        member = {"user": self._line.bot, "status": "member"}
        banned = {"user": self._line.bot, "status": "kicked", "until_date": 0}
        change = {
            "chat": self.chat(),
            "from": self.resource(),
            "date": self._line.now(),
            "old_chat_member": member if blocked else banned,
            "new_chat_member": banned if blocked else member,
        }
        await self._update("my_chat_member", change, wait=wait)

    async def _update(self, kind: str, payload: dict[str, Any], *, wait: bool) -> None:
        number = self._line.update(kind, self.profile.id, payload)
        if wait and number is not None:
            await self._line.activity.until(
                # pending until a webhook answers 2xx, or a poll has a later offset
                lambda: not self._line.pending(number),
                seconds=_PATIENCE,
                describe=lambda: f"update {number} ({kind}) that the bot did not take",
            )
