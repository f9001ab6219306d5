"""The state of the simulated Bot API server: one bot, its users and their chats."""

import base64
import time
from typing import Any

from rehearsal.activity import Activity
from rehearsal.faults import Faults
from rehearsal.journal import Journal
from rehearsal.settings import RehearsalSettings
from rehearsal.telegram.chat import ChatMessage
from rehearsal.telegram.groups import Group
from rehearsal.telegram.updates import Updates
from rehearsal.telegram.user import Line, Profile, TelegramUser
from rehearsal.telegram.webhook import Courier
from rehearsal.wire import Wire


class BotServer:
    """The users, messages, updates and webhook of one bot."""

    def __init__(
        self, settings: RehearsalSettings, activity: Activity, wire: Wire, journal: Journal, faults: Faults
    ) -> None:
        self.settings, self.journal, self._activity = settings, journal, activity
        self.users: dict[int, TelegramUser] = {}
        self.groups: dict[int, Group] = {}
        self.photos: dict[str, bytes] = {}
        self.documents: dict[str, bytes] = {}
        self.profile: dict[str, Any] = {}
        self.updates = Updates(activity, journal, first_id=100_001 + settings.seed)
        self.courier = Courier(settings, activity, journal, wire, self.updates, faults)
        self._queries: dict[str, tuple[int, float]] = {}
        self._query_count = time.time_ns()
        self._message_count = 0
        me = {"id": settings.bot_id, "is_bot": True, "first_name": settings.bot_name, "username": settings.bot_username}
        self.me: dict[str, Any] = me
        self._line = Line(
            bot=me,
            activity=activity,
            now=lambda: int(settings.clock()),
            new_message_id=self.new_message_id,
            update=self._update,
            pending=self.updates.pending.__contains__,
            keep=journal.write,
            new_query=self._new_query,
        )

    def restore(self, known: dict[str, dict[str, Any]]) -> None:
        """Restore the users, chats, updates and webhook of an earlier run."""
        for value in known.get("user", {}).values():
            self.users[value["id"]] = TelegramUser(Profile(**value), self._line)
        for value in known.get("chat", {}).values():
            message = ChatMessage(**value)
            self.users[message.chat_id].log.append(message)
            self._message_count = max(self._message_count, message.message_id)
        self.photos = {photo: base64.b64decode(data) for photo, data in known.get("photo", {}).items()}
        self.profile = known.get("bot", {})
        self.updates.restore(known.get("update", {}))
        self.courier.restore(known.get("hook", {}))

    def user(self, user_id: int, language_code: str | None, name: str) -> TelegramUser:
        """Return the user with this id, and store a given language or name. A missing user is created."""
        if user_id not in self.users:
            self.users[user_id] = TelegramUser(Profile(user_id, name or f"Resident {user_id}"), self._line)
        profile = self.users[user_id].profile
        profile.language_code = language_code or profile.language_code
        profile.first_name = name or profile.first_name
        return self.users[user_id]

    def group(self, group_id: int) -> Group:
        """Return the group with this negative id, which is created if missing."""
        return self.groups.setdefault(group_id, Group(group_id))

    def new_message_id(self) -> int:
        """Return the next message id; all private chats of the bot share one sequence of ids."""
        self._message_count += 1
        return self._message_count

    def keep(self, message: ChatMessage) -> None:
        """Store a message in its current state."""
        self.journal.write("chat", str(message.message_id), message)
        self._activity.touch()

    def keep_photo(self, photo: str, data: bytes) -> None:
        """Store a picture under its file id."""
        self.photos[photo] = data
        self.journal.write("photo", photo, base64.b64encode(data).decode())

    def take_query(self, query_id: str) -> int | None:
        """Remove a callback query (a tap on a button) and return the id of the user who tapped.

        If the query is unknown, already answered or too old, return None.
        """
        user_id, tapped_at = self._queries.pop(query_id, (None, 0.0))
        return user_id if time.monotonic() - tapped_at <= self.settings.query_lifetime else None

    def touch(self) -> None:
        """Report a change of something that users see, so that waiting tasks check again."""
        self._activity.touch()

    def _new_query(self, user_id: int) -> str:
        self._query_count += 1
        self._queries[str(self._query_count)] = (user_id, time.monotonic())
        return str(self._query_count)

    def _update(self, kind: str, chat_id: int, payload: dict[str, Any]) -> int | None:
        number = self.updates.add(kind, chat_id, payload)
        self.courier.wake()
        return number
