"""All settings of the service. The `sawt` package reads them once, from environment variables (SAWT_…)."""

from __future__ import annotations

import json
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, IPvAnyAddress, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from api.routing import phones
from api.routing.prices import Price
from api.routing.roads import Road, Route
from api.runtime.setting_types import DatabaseUrl, Days, Level, Money, Rate, Region, Seconds
from api.suppression import FEWEST

_HERE = (ip_address("127.0.0.1"), ip_address("::1"))
_KINDS = "^(messages|notices|campaigns|unmatched)$"  # kinds of rows with a retention period

Background = Literal["deliver", "schedule"]


class Settings(BaseSettings):
    """The settings of an installation. `sawt doctor` reports missing or wrong ones."""

    model_config = SettingsConfigDict(
        env_prefix="SAWT_", env_file=".env", env_file_encoding="utf-8-sig", extra="ignore"
    )

    database_url: DatabaseUrl = Field("sqlite+aiosqlite:///var/sawt.db", description="SQLite file or PostgreSQL server")
    keys: SecretStr = Field(SecretStr(""), description="keys that encrypt addresses: index:BASE64,1:BASE64")
    vault: Annotated[list[Path], NoDecode] = Field(
        [],
        description='folder of the keys of open votes; mirrors: ["/a", "/b"]; rehearsals: beside their database',
    )
    public_url: str = Field("", description="URL of this service as seen from outside, such as https://…")
    api_token: SecretStr = Field(SecretStr(""), description="bearer token of the JSON API")
    api_described: bool = Field(True, description="/openapi.json is public; false: for staff only")
    api_docs: bool = Field(False, description="/docs, a public page that shows /openapi.json in a browser")
    password_memory: int = Field(65_536, ge=8, description="KiB of memory that comparing a password of staff takes")
    log_level: Level = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")

    default_region: Region = Field(phones.HOME, description="country (ISO 3166) of numbers without a country code")

    twilio_account_sid: str = Field("", description="Twilio account")
    twilio_auth_token: SecretStr = Field(SecretStr(""), description="Twilio primary auth token")
    twilio_shared_keys: dict[str, SecretStr] = Field({}, description='SHA-256 signing keys, as {"ID": "SECRET"}')
    twilio_sender: str = Field("", description="phone number or sender name that residents see")
    twilio_api_url: str = Field("", description="URL of another service with Twilio's API (rehearsal)")

    kannel_url: str = Field("", description="Kannel's sendsms URL, such as http://127.0.0.1:13013/cgi-bin/sendsms")
    kannel_username: str = Field("", description="username of Kannel's sendsms-user")
    kannel_password: SecretStr = Field(SecretStr(""), description="password of Kannel's sendsms-user")
    kannel_sender: str = Field("", description="number or short code that residents see")
    kannel_secret: SecretStr = Field(SecretStr(""), description="secret in Kannel's get-url that authenticates it")
    kannel_addresses: list[IPvAnyAddress] = Field(
        [*_HERE], description='addresses Kannel may call from, such as ["127.0.0.1", "::1"]; []: any'
    )

    telegram_token: SecretStr = Field(SecretStr(""), description="token of the Telegram bot")
    telegram_bot: str = Field("", description="the bot's name, without @; mentioned in SMS that link to it")
    telegram_api_url: str = Field("", description="URL of another service with the Bot API (rehearsal)")
    telegram_secret: SecretStr = Field(SecretStr(""), description="secret header of the webhook; empty: polling")
    public_channel: str = Field("", description="Telegram channel for the hashes of lists: @name or a number")
    telegram_apart: Seconds = Field(1.0, ge=0, description="minimum seconds between two messages to one chat")

    campaigns_per_week: int = Field(3, gt=0, description="maximum campaign messages to a resident in seven days")
    approval_above: int = Field(100, ge=0, description="audience size above which the author may not approve")
    ramadan: list[Days] = Field([], description='first and last days, such as [["2027-02-08", "2027-03-09"]]')
    rates: dict[str, Rate] = Field(
        {"sms": 10.0, "telegram": 25.0},
        description="messages (or SMS segments) per second by road or channel; Infinity: no limit",
    )
    rate: float = Field(100.0, gt=0, description="messages per second on channels not listed in rates")
    at_once: int = Field(
        250, gt=0, description="maximum messages a process has claimed and not settled; a crash leaves them unsure"
    )
    roads: list[Road] = Field([], description="ways to send SMS, the default one first; empty: one per provider")
    routes: list[Route] = Field([], description="which road sends what; the first matching row counts")
    prices: list[Price] = Field(
        [], description='[{"prefix": "+212", "amount": 0.1, "currency": "USD", "as_of": "2026-11-01"}]'
    )
    answer_to: str = Field("", description="number for replies, mentioned in texts whose sender cannot receive any")
    day_budget: Money | None = Field(None, ge=0, description="maximum money that campaigns may spend in a day")

    claim_lease: Seconds = Field(60.0, gt=0, description="seconds after which a claimed delivery becomes unsure")
    ask_after: Seconds = Field(120.0, ge=0, description="seconds before a provider is asked about an unsure delivery")
    patience: Seconds = Field(15.0, gt=0, description="seconds to wait for a provider's response")
    background: list[Background] = Field(
        ["deliver", "schedule"],
        description='background work of a process: ["deliver", "schedule"]; []: none, other processes do it',
    )
    look_every: float = Field(
        30.0, gt=0, le=3600, description="maximum seconds between looks for due work, in case a wake-up is missed"
    )
    reply_patience: Seconds = Field(30.0, gt=0, description="seconds before the outbox sends a reply instead")
    reply_kept: Seconds = Field(900.0, gt=0, description="seconds to keep the text of a sent reply")
    kept_days: dict[Annotated[str, Field(pattern=_KINDS)], Annotated[float, Field(ge=1)]] = Field(
        {"messages": 2, "notices": 30, "campaigns": 365, "unmatched": 60},
        description="days to keep rows: incoming messages and their replies, notifications, campaign recipients, "
        "replies nobody understood",
    )
    messages_per_hour: int = Field(120, gt=0, description="messages accepted from one address in an hour")
    silence_days: int = Field(365, gt=0, description="days of silence after which a number is asked who owns it now")
    repeated_within: Seconds = Field(
        3.0, ge=0, description="seconds after an answer in which the same SMS counts as a duplicate; 0: never"
    )
    parts_within: Seconds = Field(
        5.0, ge=0, description="seconds in which the parts of one long text arrive; 0: texts are never joined"
    )
    agent_apart: float = Field(45.0, ge=0, le=3600, description="minimum seconds between two people of one agent")
    range_per_day: int = Field(0, ge=0, description="maximum people who join per day from 10,000 numbers; 0: no limit")
    smallest_count: int = Field(
        FEWEST,
        gt=0,
        description="minimum ballots for showing counts, and the step in which counts move while a consultation is "
        "open; fixed when it opens; 1: live and exact, for demonstrations only",
    )
    ideas_per_day: int = Field(3, gt=0, description="ideas accepted from one person in a day")

    @field_validator("api_docs")
    @classmethod
    def _described_to_all(cls, shown: bool, info: ValidationInfo) -> bool:
        """Refuse to serve /docs if the OpenAPI document is not public, since the page fetches it without a token."""
        if shown and not info.data.get("api_described", True):
            raise ValueError("/docs needs a public /openapi.json: set SAWT_API_DESCRIBED or SAWT_API_DOCS only")
        return shown

    @field_validator("vault", mode="before")
    @classmethod
    def _one_or_more(cls, value: Any) -> Any:
        """Return a list of folders, from a string that contains one folder or a JSON list of folders."""
        if not isinstance(value, str):
            return value
        return json.loads(value) if value.startswith("[") else [value] if value else []

    @property
    def net(self) -> float:
        """The longest time between two searches for due work, in seconds.

        It is no longer than any period after which work becomes due without a wake-up, so such work is found in time.
        """
        return min(self.look_every, self.claim_lease, self.reply_patience, max(self.ask_after, self.patience))


def root() -> Path:
    """Return the folder that contains locales/ and alembic/, next to the Python packages."""
    return Path(__file__).resolve().parent.parent
