"""All settings of the service. The `sawt` package reads them once, from environment variables (SAWT_…)."""

from __future__ import annotations

import json
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, IPvAnyAddress, SecretStr, ValidationInfo, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from api.routing import phones
from api.routing.prices import Price
from api.routing.roads import Road, Route
from api.runtime.setting_types import DatabaseUrl, Days, Level, Money, Rate, Region, Seconds
from api.runtime.sign_in_settings import SignInSettings
from api.suppression import FEWEST

_HERE = (ip_address("127.0.0.1"), ip_address("::1"))
_KINDS = "^(messages|notices|campaigns|unmatched)$"  # kinds of rows with a retention period

Background = Literal["deliver", "schedule"]


class Settings(SignInSettings):
    """The settings of an installation. `sawt doctor` reports missing or wrong ones."""

    model_config = SettingsConfigDict(
        env_prefix="SAWT_", env_file=".env", env_file_encoding="utf-8-sig", extra="ignore"
    )

    database_url: DatabaseUrl = Field("sqlite+aiosqlite:///var/sawt.db", description="SQLite file or PostgreSQL server")
    keys: SecretStr = Field(SecretStr(""), description="keys that encrypt addresses: index:BASE64,1:BASE64")
    vault: Annotated[list[Path], NoDecode] = Field(
        [], description='folder for the keys of open votes, or several as mirrors: ["/a", "/b"]'
    )
    public_url: str = Field("", description="public URL of this service, such as https://…")
    api_token: SecretStr = Field(SecretStr(""), description="shared bearer token of the JSON API; deprecated")
    api_described: bool = Field(True, description="whether /openapi.json is public; false: for staff only")
    api_docs: bool = Field(False, description="serve /docs, a page that shows /openapi.json in a browser")
    log_level: Level = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")

    default_region: Region = Field(phones.HOME, description="country (ISO 3166) of numbers without a country code")

    twilio_account_sid: str = Field("", description="SID of the Twilio account")
    twilio_auth_token: SecretStr = Field(SecretStr(""), description="primary auth token of the Twilio account")
    twilio_shared_keys: dict[str, SecretStr] = Field({}, description='SHA-256 signing keys, as {"ID": "SECRET"}')
    twilio_sender: str = Field("", description="phone number or sender name that residents see")
    twilio_api_url: str = Field("", description="API URL of another service in place of Twilio (rehearsal)")

    kannel_url: str = Field("", description="Kannel's sendsms URL, such as http://127.0.0.1:13013/cgi-bin/sendsms")
    kannel_username: str = Field("", description="user name of Kannel's sendsms-user")
    kannel_password: SecretStr = Field(SecretStr(""), description="password of Kannel's sendsms-user")
    kannel_sender: str = Field("", description="number or short code that residents see")
    kannel_secret: SecretStr = Field(SecretStr(""), description="secret in Kannel's get-url; proves who calls")
    kannel_addresses: list[IPvAnyAddress] = Field(
        [*_HERE], description='IP addresses from which Kannel may call, such as ["127.0.0.1", "::1"]; []: any'
    )

    telegram_token: SecretStr = Field(SecretStr(""), description="token of the Telegram bot")
    telegram_bot: str = Field("", description="user name of the bot, without @; SMS mention it")
    telegram_api_url: str = Field("", description="API URL of another service in place of Telegram (rehearsal)")
    telegram_secret: SecretStr = Field(SecretStr(""), description="secret header of the webhook; empty: polling")
    public_channel: str = Field("", description="Telegram channel that announces hashes of lists: @name or a number")
    telegram_apart: Seconds = Field(1.0, ge=0, description="minimum seconds between two messages to one chat")

    campaigns_per_week: int = Field(3, gt=0, description="maximum campaign messages to a resident in seven days")
    approval_above: int = Field(100, ge=0, description="above this many recipients, the author cannot approve")
    ramadan: list[Days] = Field([], description='first and last day of each Ramadan: [["2027-02-08", "2027-03-09"]]')
    rates: dict[str, Rate] = Field(
        {"sms": 10.0, "telegram": 25.0},
        description="messages (or SMS segments) per second by road or channel; Infinity: no limit",
    )
    rate: float = Field(100.0, gt=0, description="messages per second on channels not listed in SAWT_RATES")
    at_once: int = Field(
        250, gt=0, description="maximum messages that a process sends at once; a crash leaves their outcome unsure"
    )
    roads: list[Road] = Field([], description="roads (ways to send SMS), default one first; empty: one per provider")
    routes: list[Route] = Field([], description="which road sends which messages; the first matching row applies")
    prices: list[Price] = Field(
        [], description='[{"prefix": "+212", "amount": 0.1, "currency": "USD", "as_of": "2026-11-01"}]'
    )
    answer_to: str = Field("", description="number for replies, named in SMS whose sender cannot receive them")
    day_budget: Money | None = Field(None, ge=0, description="maximum amount that all campaigns can spend in a day")

    claim_lease: Seconds = Field(60.0, gt=0, description="seconds after which a claimed message becomes unsure")
    ask_after: Seconds = Field(120.0, ge=0, description="seconds before asking a provider about an unsure message")
    patience: Seconds = Field(15.0, gt=0, description="seconds to wait for a provider's response")
    background: list[Background] = Field(
        ["deliver", "schedule"],
        description='background work of a process: ["deliver", "schedule"]; []: none, other processes do it',
    )
    look_every: float = Field(
        30.0, gt=0, le=3600, description="maximum seconds between checks for due work, in case a wake-up signal is lost"
    )
    reply_patience: Seconds = Field(30.0, gt=0, description="seconds until the outbox sends an undelivered reply")
    reply_kept: Seconds = Field(900.0, gt=0, description="seconds to keep the text of a sent reply")
    kept_days: dict[Annotated[str, Field(pattern=_KINDS)], Annotated[float, Field(ge=1)]] = Field(
        {"messages": 2, "notices": 30, "campaigns": 365, "unmatched": 60},
        description="days to keep incoming messages and their replies, notifications (notices), campaign recipients, "
        "and replies that were not understood",
    )
    messages_per_hour: int = Field(120, gt=0, description="maximum messages accepted from one address in an hour")
    silence_days: int = Field(365, gt=0, description="days of silence before asking who owns a number now")
    repeated_within: Seconds = Field(
        3.0, ge=0, description="seconds within which a repeated SMS counts as a duplicate; 0: never"
    )
    parts_within: Seconds = Field(
        5.0, ge=0, description="seconds within which parts of a long text are joined; 0: never"
    )
    agent_apart: float = Field(45.0, ge=0, le=3600, description="minimum seconds between two people one agent helps")
    range_per_day: int = Field(0, ge=0, description="maximum newcomers per day from 10,000 numbers; 0: no limit")
    smallest_count: int = Field(
        FEWEST,
        gt=0,
        description="minimum ballots for showing a count, and the step in which counts change while a consultation is "
        "open; fixed when it opens; 1: live and exact counts, for demonstrations only",
    )
    ideas_per_day: int = Field(3, gt=0, description="maximum number of ideas accepted from one person in a day")

    @field_validator("api_docs")
    @classmethod
    def _described_to_all(cls, shown: bool, info: ValidationInfo) -> bool:
        """Refuse to serve /docs if the OpenAPI document is not public."""
        if shown and not info.data.get("api_described", True):  # the page fetches it without a token
            raise ValueError("/docs needs a public /openapi.json: set SAWT_API_DESCRIBED=true or SAWT_API_DOCS=false")
        return shown

    @field_validator("vault", mode="before")
    @classmethod
    def _one_or_more(cls, value: Any) -> Any:
        """Return a list of folders, from one folder or a JSON list as text."""
        if not isinstance(value, str):
            return value
        return json.loads(value) if value.startswith("[") else [value] if value else []

    @property
    def net(self) -> float:
        """The longest time between two searches for due work, in seconds."""
        # so that work that becomes due without a wake-up is found in time
        return min(self.look_every, self.claim_lease, self.reply_patience, max(self.ask_after, self.patience))


def root() -> Path:
    """Return the folder that contains locales/ and alembic/, next to the Python packages."""
    return Path(__file__).resolve().parent.parent
