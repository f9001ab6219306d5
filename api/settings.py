"""Every setting of the service, with its meaning; read once, in `sawt`, from the environment (SAWT_…)."""

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
from api.setting_types import DatabaseUrl, Days, Level, Money, Rate, Region, Seconds
from api.suppression import FEWEST

_HERE = (ip_address("127.0.0.1"), ip_address("::1"))
_KINDS = "^(messages|notices|campaigns|unmatched)$"  # of rows that are kept for so many days

Background = Literal["deliver", "schedule"]


class Settings(BaseSettings):
    """What an operator can set. `sawt doctor` says which are missing or wrong, in words."""

    model_config = SettingsConfigDict(
        env_prefix="SAWT_", env_file=".env", env_file_encoding="utf-8-sig", extra="ignore"
    )

    database_url: DatabaseUrl = Field("sqlite+aiosqlite:///var/sawt.db", description="SQLite file or PostgreSQL server")
    keys: SecretStr = Field(SecretStr(""), description="keys for addresses at rest: index:BASE64,1:BASE64")
    vault: Annotated[list[Path], NoDecode] = Field(
        [],
        description='folder of the keys of open votes; mirrors as ["/a", "/b"]; none: beside a rehearsal\'s database',
    )
    public_url: str = Field("", description="how the outside reaches this service, as https://…")
    api_token: SecretStr = Field(SecretStr(""), description="bearer token of the JSON API")
    api_described: bool = Field(True, description="/openapi.json is for everybody; false: for staff")
    api_docs: bool = Field(False, description="/docs shows everybody, in a browser, what /openapi.json describes")
    password_memory: int = Field(65_536, ge=8, description="KiB of memory that comparing a password of staff takes")
    log_level: Level = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")

    default_region: Region = Field(
        phones.HOME, description="the country of numbers that are written without one (ISO 3166, two letters)"
    )

    twilio_account_sid: str = Field("", description="Twilio account")
    twilio_auth_token: SecretStr = Field(SecretStr(""), description="Twilio primary auth token")
    twilio_shared_keys: dict[str, SecretStr] = Field({}, description='what signs by SHA-256, as {"ID": "SECRET"}')
    twilio_sender: str = Field("", description="number or sender name that residents see")
    twilio_api_url: str = Field("", description="another place that speaks Twilio's API (rehearsal)")

    kannel_url: str = Field("", description="Kannel's sendsms, as http://127.0.0.1:13013/cgi-bin/sendsms")
    kannel_username: str = Field("", description="username of Kannel's sendsms-user")
    kannel_password: SecretStr = Field(SecretStr(""), description="password of Kannel's sendsms-user")
    kannel_sender: str = Field("", description="number or short code that residents see")
    kannel_secret: SecretStr = Field(SecretStr(""), description="what Kannel carries in its get-url to prove itself")
    kannel_addresses: list[IPvAnyAddress] = Field(
        [*_HERE], description='addresses Kannel may call from, as ["127.0.0.1", "::1"]; []: any'
    )

    telegram_token: SecretStr = Field(SecretStr(""), description="token of the Telegram bot")
    telegram_bot: str = Field("", description="the bot's name, without @; named in SMS that tell people to open it")
    telegram_api_url: str = Field("", description="another place that speaks the Bot API (rehearsal)")
    telegram_secret: SecretStr = Field(SecretStr(""), description="secret header of the webhook; empty: polling")
    public_channel: str = Field("", description="where the bot posts the hashes of lists, as @name or a number")
    telegram_apart: Seconds = Field(1.0, ge=0, description="seconds between two messages to one chat, at least")

    campaigns_per_week: int = Field(3, gt=0, description="campaign messages a resident gets in seven days at most")
    approval_above: int = Field(100, ge=0, description="people above whom somebody else than the author approves")
    ramadan: list[Days] = Field([], description='first and last days, as [["2027-02-08", "2027-03-09"]]')
    rates: dict[str, Rate] = Field(
        {"sms": 10.0, "telegram": 25.0},
        description="messages a second by road or channel (SMS count segments); Infinity: no limit",
    )
    rate: float = Field(100.0, gt=0, description="messages a second of a channel that is not named there")
    at_once: int = Field(
        250, gt=0, description="messages a process has claimed and not settled at most: what a crash leaves unsure"
    )
    roads: list[Road] = Field([], description="ways out by SMS, the usual one first; empty: one of each provider")
    routes: list[Route] = Field([], description="which road takes what; the first row that fits counts")
    prices: list[Price] = Field(
        [], description='[{"prefix": "+212", "amount": 0.1, "currency": "USD", "as_of": "2026-11-01"}]'
    )
    answer_to: str = Field("", description="number that takes answers, named in texts whose sender takes none")
    day_budget: Money | None = Field(None, ge=0, description="money that campaigns may spend in a day, at most")

    claim_lease: Seconds = Field(60.0, gt=0, description="seconds after which a claimed delivery is unsure")
    ask_after: Seconds = Field(120.0, ge=0, description="seconds before a provider is asked about what is unsure")
    patience: Seconds = Field(15.0, gt=0, description="seconds to wait for a provider's answer; then it is lost")
    background: list[Background] = Field(
        ["deliver", "schedule"],
        description='what a process does beside answering: ["deliver", "schedule"]; []: nothing, others do',
    )
    look_every: float = Field(
        30.0, gt=0, le=3600, description="seconds between looks for what is due, at most: a net below wake-ups"
    )
    reply_patience: Seconds = Field(30.0, gt=0, description="seconds before the outbox takes over a reply")
    reply_kept: Seconds = Field(900.0, gt=0, description="seconds the text of a handed-over reply is kept")
    kept_days: dict[Annotated[str, Field(pattern=_KINDS)], Annotated[float, Field(ge=1)]] = Field(
        {"messages": 2, "notices": 30, "campaigns": 365, "unmatched": 60},
        description="days that rows of messages are kept: what came in and its answers, notices, who got a campaign, "
        "what nobody understood",
    )
    messages_per_hour: int = Field(120, gt=0, description="messages heard from one address in an hour")
    silence_days: int = Field(365, gt=0, description="days of silence after which a number is asked who has it now")
    repeated_within: Seconds = Field(
        3.0, ge=0, description="seconds after an answer in which the same SMS again is a repetition; 0: never"
    )
    parts_within: Seconds = Field(
        5.0, ge=0, description="seconds in which the parts of one long text come in; 0: texts are never joined"
    )
    agent_apart: float = Field(45.0, ge=0, le=3600, description="seconds between two persons of an agent, at least")
    range_per_day: int = Field(0, ge=0, description="people a day who may join from 10,000 numbers; 0: no limit")
    smallest_count: int = Field(
        FEWEST,
        gt=0,
        description="ballots below which a consultation has no counts, and the step in which they move while it is "
        "open; kept with each when it opens; 1: live and exact, for demonstrations only",
    )
    ideas_per_day: int = Field(3, gt=0, description="ideas taken from one person in a day")

    @field_validator("api_docs")
    @classmethod
    def _described_to_all(cls, shown: bool, info: ValidationInfo) -> bool:
        """The page fetches the document without a token."""
        if shown and not info.data.get("api_described", True):
            raise ValueError("/docs cannot read what SAWT_API_DESCRIBED keeps for staff: set one of them only")
        return shown

    @field_validator("vault", mode="before")
    @classmethod
    def _one_or_more(cls, given: Any) -> Any:
        """One folder as it is, or a JSON list of several."""
        if not isinstance(given, str):
            return given
        return json.loads(given) if given.startswith("[") else [given] if given else []

    @property
    def net(self) -> float:
        """Seconds between looks for what is due, at most.

        No longer than any wait that begins without a wake-up: whoever looks meanwhile learns of its end in time.
        """
        return min(self.look_every, self.claim_lease, self.reply_patience, max(self.ask_after, self.patience))


def root() -> Path:
    """The folder that holds locales/ and alembic/ beside the packages."""
    return Path(__file__).resolve().parent.parent
