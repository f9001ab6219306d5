"""Updates that wait for the bot. They are numbered, stored, and fetched by long poll or sent to the webhook."""

from dataclasses import dataclass
from typing import Any

from rehearsal.activity import Activity
from rehearsal.journal import Journal
from rehearsal.telegram.errors import RefusedError, bad_request
from rehearsal.telegram.params import Params

# Bot API, getUpdates: an empty list means all kinds but chat_member and reactions. These are the supported ones.
_KINDS = frozenset({"message", "edited_message", "callback_query", "my_chat_member"})


@dataclass(frozen=True, slots=True)
class Waiting:
    """An update that waits, with the id of its chat. Updates of one chat are delivered in order."""

    update_id: int
    chat_id: int
    body: dict[str, Any]


class Updates:
    """All updates that wait for the bot. `polls` counts the calls of getUpdates.

    `pending` has the updates by id. `chats` has the updates of each chat, in order.
    """

    def __init__(self, activity: Activity, journal: Journal, first_id: int) -> None:
        self.pending: dict[int, Waiting] = {}
        self.chats: dict[int, dict[int, Waiting]] = {}
        self.allowed: list[str] = []
        self._activity, self._journal = activity, journal
        self._next = first_id
        self.polls = 0

    def restore(self, known: dict[str, Any]) -> None:
        """Restore the waiting updates of an earlier run, and continue its numbering."""
        for key, value in known.items():
            if key == "next":
                self._next = value
            elif key == "allowed":
                self.allowed = value
            else:
                self._file(Waiting(int(key), value["chat_id"], value["body"]))

    def allow(self, kinds: Any) -> None:
        """Restrict later updates to the kinds in a call's `allowed_updates`.

        A call without this parameter changes nothing.
        """
        if isinstance(kinds, list):
            self.allowed = [str(kind) for kind in kinds]
            self._journal.write("update", "allowed", self.allowed)

    def add(self, kind: str, chat_id: int, payload: dict[str, Any]) -> int | None:
        """Add an update and return its id. If the bot does not want this kind of update, return None."""
        if kind not in (self.allowed or _KINDS):
            return None
        update_id, self._next = self._next, self._next + 1
        waiting = Waiting(update_id, chat_id, {"update_id": update_id, kind: payload})
        self._file(waiting)
        self._journal.write("update", "next", self._next)
        self._journal.write("update", str(update_id), {"chat_id": chat_id, "body": waiting.body})
        self._activity.touch()
        return update_id

    def drop(self, update_id: int) -> None:
        """Remove an update that the bot accepted, or that could not be delivered."""
        waiting = self.pending.pop(update_id, None)
        if waiting is None:
            return
        row = self.chats[waiting.chat_id]
        del row[update_id]
        if not row:
            del self.chats[waiting.chat_id]
        self._journal.write("update", str(update_id), None)
        self._activity.touch()

    def clear(self) -> None:
        """Remove all waiting updates."""
        for update_id in list(self.pending):
            self.drop(update_id)

    async def poll(self, params: Params, ceiling: float) -> list[dict[str, Any]]:
        """Execute getUpdates: remove updates below `offset`, and return those that still wait.

        If none waits, wait for one: up to `timeout` seconds, and never longer than `ceiling`. If another poll begins
        meanwhile, raises `RefusedError` 409.
        """
        if params.integer("timeout") < 0 or params.integer("limit", 100) < 0:
            raise bad_request("timeout and limit must be positive")
        self.allow(params.decoded("allowed_updates"))
        self._confirm(params.integer("offset"))
        self.polls = this_poll = self.polls + 1
        self._activity.touch()
        limit = min(max(params.integer("limit", 100), 1), 100)
        wait = min(params.integer("timeout"), ceiling)
        if wait > 0:
            await self._activity.within(wait, lambda: bool(self.pending) or self.polls != this_poll)
        if self.polls != this_poll:
            raise RefusedError(
                409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
            )
        return [self.pending[update_id].body for update_id in sorted(self.pending)[:limit]]

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            keep = sorted(self.pending)[offset:]
            offset = keep[0] if keep else 0
        for update_id in [one for one in self.pending if one < offset]:
            self.drop(update_id)

    def _file(self, waiting: Waiting) -> None:
        self.pending[waiting.update_id] = waiting
        self.chats.setdefault(waiting.chat_id, {})[waiting.update_id] = waiting
