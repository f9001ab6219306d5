"""Settings of the rehearsal: the provider accounts that it simulates, where Sawt listens, and its delays."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class RehearsalSettings:
    """Settings of one rehearsal.

    `inbound_url` is the complete URL of Sawt's SMS webhook, and may end in a Twilio fragment such as `#rc=3&rp=all`.
    Times are in seconds. `poll_ceiling` is how long a long poll lasts at most. `clock` returns Unix time; tests replace
    it.
    """

    account_sid: str
    auth_token: str
    service_number: str
    inbound_url: str
    bot_token: str
    bot_username: str = "sawt_rehearsal_bot"
    bot_name: str = "Sawt"
    journal: Path | None = None
    seed: int = 0
    callback_delay: float = 0.0
    webhook_timeout: float = 15.0
    webhook_attempts: int = 10
    webhook_backoff: float = 0.1
    webhook_backoff_ceiling: float = 2.0
    query_lifetime: float = 15.0
    poll_ceiling: float = 2.0  # short, so that a server that includes the rehearsal stops soon
    clock: Callable[[], float] = time.time
    phone_numbers: tuple[str, ...] = ("+212600000001", "+212600000002")
    telegram_ids: tuple[int, ...] = (1000001, 1000002)

    @property
    def bot_id(self) -> int:
        """The bot's user id: the part of its token before the colon."""
        return int(self.bot_token.partition(":")[0])
