"""Send updates to the bot's webhook until it accepts them: in order within a chat, and at once for several chats."""

import asyncio
import re
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from rehearsal.activity import Activity
from rehearsal.faults import Faults
from rehearsal.journal import Journal
from rehearsal.settings import RehearsalSettings
from rehearsal.telegram.errors import bad_request
from rehearsal.telegram.params import Params
from rehearsal.telegram.updates import Updates, Waiting
from rehearsal.wire import Reply, Wire

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")  # Bot API, setWebhook


@dataclass
class Hook:
    """The webhook to which updates are sent. Without a `url`, updates wait."""

    url: str = ""
    secret: str = ""
    max_connections: int = 40
    last_error_date: int = 0
    last_error_message: str = ""


@dataclass
class Courier:
    """Delivers updates to the webhook. `alerts` names each update that was dropped after too many failures."""

    settings: RehearsalSettings
    activity: Activity
    journal: Journal
    wire: Wire
    updates: Updates
    faults: Faults
    hook: Hook = field(default_factory=Hook)
    alerts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._busy: set[int] = set()
        self._gate = asyncio.Semaphore(self.hook.max_connections)

    def set(self, params: Params) -> None:
        """Execute setWebhook. An empty URL removes the webhook.

        Raises `RefusedError`. Unlike Telegram, this accepts URLs with plain http.
        """
        url, secret = params.text("url"), params.text("secret_token")
        if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc):
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if secret and not _SECRET.fullmatch(secret):
            raise bad_request("secret token contains unallowed characters")
        if params.flag("drop_pending_updates"):
            self.updates.clear()
        self.updates.allow(params.decoded("allowed_updates"))
        self._use(Hook(url, secret, min(max(params.integer("max_connections", 40), 1), 100)))
        self.journal.write("hook", "hook", asdict(self.hook))

    def remove(self) -> None:
        """Execute deleteWebhook. Updates then wait for a poll, or for the next webhook."""
        self._use(Hook())
        self.journal.write("hook", "hook", None)

    def restore(self, known: dict[str, Any]) -> None:
        """Restore the webhook of an earlier run. Waiting updates are sent later, at the next `wake`."""
        if "hook" in known:
            self._use(Hook(**known["hook"]))

    def wake(self) -> None:
        """Start to deliver the waiting updates of each chat."""
        if not self.hook.url:
            return
        for chat_id in list(self.updates.chats):
            if chat_id not in self._busy:  # otherwise a delivery for the chat is in progress
                self._busy.add(chat_id)
                self.activity.spawn("webhook delivery", self._round(chat_id))

    async def _round(self, chat_id: int) -> None:
        try:
            while self.hook.url and (row := self.updates.chats.get(chat_id)):
                waiting = row[max(row) if self.faults.reorder else min(row)]
                async with self._gate:
                    await self._deliver(waiting)
        finally:
            self._busy.discard(chat_id)

    async def _deliver(self, waiting: Waiting) -> None:
        pause = self.settings.webhook_backoff
        for _attempt in range(self.settings.webhook_attempts):
            reply = await self._post(waiting)
            if reply.good:
                if self.faults.repeats():
                    await self._post(waiting)
                break
            await asyncio.sleep(pause)
            pause = min(pause * 2, self.settings.webhook_backoff_ceiling)
            if not self.hook.url or waiting.update_id not in self.updates.pending:
                return
        else:
            self.alerts.append(f"update {waiting.update_id} given up: {self.hook.last_error_message}")
        self.updates.drop(waiting.update_id)

    async def _post(self, waiting: Waiting) -> Reply:
        secret = {"X-Telegram-Bot-Api-Secret-Token": self.hook.secret} if self.hook.secret else {}
        timeout = aiohttp.ClientTimeout(total=self.settings.webhook_timeout)
        reply = await self.wire.post(
            self.hook.url, waiting.body, peer="telegram", operation="update", headers=secret, timeout=timeout
        )
        if not reply.good:
            wrong = f"Wrong response from the webhook: {reply.status}"
            self.hook.last_error_message = wrong if reply.status else "Connection refused or timed out"
            self.hook.last_error_date = int(self.settings.clock())
        return reply

    def _use(self, hook: Hook) -> None:
        self.hook = hook
        self._gate = asyncio.Semaphore(hook.max_connections)

    def info(self) -> dict[str, Any]:
        """Return the webhook as a WebhookInfo object of the Bot API."""
        hook, waiting = self.hook, len(self.updates.pending)
        info: dict[str, Any] = {"url": hook.url, "has_custom_certificate": False, "pending_update_count": waiting}
        if hook.url:
            info["max_connections"] = hook.max_connections
        if hook.last_error_date:
            info |= {"last_error_date": hook.last_error_date, "last_error_message": hook.last_error_message}
        if self.updates.allowed:
            info["allowed_updates"] = self.updates.allowed
        return info
