"""A message in a chat with the bot, and its form in the Bot API."""

from dataclasses import dataclass, field
from typing import Any

from rehearsal.telegram.formatting import Entity
from rehearsal.telegram.markup import Rows


@dataclass
class ChatMessage:
    """One message. If `mine`, it is from the user, otherwise from the bot. Dates are whole Unix seconds.

    `shown` has the fields of a picture, a voice message and so on. `sign` is the user's reaction to the message.
    """

    message_id: int
    chat_id: int
    mine: bool
    date: int
    text: str
    entities: list[Entity] = field(default_factory=list)
    keyboard: Rows = field(default_factory=list)
    edit_date: int | None = None
    photo: str | None = None
    contact: dict[str, Any] | None = None
    venue: dict[str, Any] | None = None
    document: dict[str, Any] | None = None
    deleted: bool = False
    reply_to: int | None = None
    forwarded: bool = False
    shown: dict[str, Any] | None = None
    sign: str = ""

    @property
    def buttons(self) -> list[list[tuple[str, str]]]:
        """The rows of inline buttons: each button's label, and its callback data or URL."""
        return [
            [(one["text"], str(one.get("callback_data", one.get("url", "")))) for one in row] for row in self.keyboard
        ]

    @property
    def edited(self) -> bool:
        """Whether the message was edited after it was sent."""
        return self.edit_date is not None

    def resource(
        self, author: dict[str, Any], chat: dict[str, Any], replied: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the message as a Message object of the Bot API. If it is a reply, `replied` is what it answers."""
        content: dict[str, Any] = {"message_id": self.message_id, "from": author, "chat": chat, "date": self.date}
        if self.edit_date is not None:
            content["edit_date"] = self.edit_date
        if replied is not None:
            content["reply_to_message"] = replied
        if self.forwarded:
            origin = {"type": "hidden_user", "date": self.date - 60, "sender_user_name": "Karim"}
            content["forward_origin"] = origin
        if self.shown is not None:
            content |= self.shown
        elif self.contact is not None:
            content["contact"] = self.contact
        elif self.venue is not None:
            content |= {"venue": self.venue, "location": self.venue["location"]}
        elif self.document is not None:
            content |= {"document": self.document} | ({"caption": self.text} if self.text else {})
        elif self.photo is None:
            content |= {"text": self.text} | ({"entities": self.entities} if self.entities else {})
        else:
            size = {"file_id": self.photo, "file_unique_id": self.photo[-16:], "width": 800, "height": 600}
            content |= {"photo": [size]} | ({"caption": self.text} if self.text else {})
            if self.entities:
                content["caption_entities"] = self.entities
        if self.keyboard:
            content["reply_markup"] = {"inline_keyboard": self.keyboard}
        return content
