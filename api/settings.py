"""Every setting of the service, with its meaning; read once, in `sawt`, from the environment (SAWT_…)."""

from __future__ import annotations

from datetime import date
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, IPvAnyAddress, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

_HERE = (ip_address("127.0.0.1"), ip_address("::1"))

Part = Literal["api", "sms", "telegram", "deliver", "clock"]


class SmsPrice(BaseModel):
    """What an SMS segment costs, and on which day that was read from the provider."""

    amount: float = Field(ge=0)
    currency: str = Field(min_length=3, max_length=3)
    as_of: date


class Settings(BaseSettings):
    """What an operator can set. `sawt doctor` says which are missing or wrong, in words."""

    model_config = SettingsConfigDict(env_prefix="SAWT_", env_file=".env", extra="ignore")

    database_url: str = Field("sqlite+aiosqlite:///var/sawt.db", description="SQLite file or PostgreSQL server")
    keys: SecretStr = Field(SecretStr(""), description="keys for addresses at rest: index:BASE64,1:BASE64")
    public_url: str = Field("", description="how the outside reaches this service, as https://…")
    api_token: SecretStr = Field(SecretStr(""), description="bearer token of the JSON API")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")

    twilio_account_sid: str = Field("", description="Twilio account")
    twilio_auth_token: SecretStr = Field(SecretStr(""), description="Twilio primary auth token")
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
    telegram_api_url: str = Field("", description="another place that speaks the Bot API (rehearsal)")
    telegram_secret: SecretStr = Field(SecretStr(""), description="secret header of the webhook; empty: polling")

    campaigns_per_week: int = Field(3, gt=0, description="campaign messages a resident gets in seven days at most")
    approval_above: int = Field(100, ge=0, description="people above whom somebody else than the author approves")
    ramadan: list[tuple[date, date]] = Field([], description='first and last days, as [["2027-02-08", "2027-03-09"]]')
    rates: dict[str, float] = Field(
        {"sms": 10.0, "telegram": 25.0}, description="messages a second by channel; an SMS counts its segments"
    )
    rate: float = Field(100.0, gt=0, description="messages a second of a channel that is not named there")
    at_once: int = Field(8, gt=0, description="messages on the wire at once; a crash leaves no more of them unsure")
    sms_price: SmsPrice | None = Field(None, description='{"amount": 0.1, "currency": "USD", "as_of": "2026-11-01"}')

    claim_lease: float = Field(60.0, gt=0, description="seconds after which a claimed delivery is unsure")
    pull_every: float = Field(1.0, gt=0, description="seconds between looks into an empty outbox")
    reply_patience: float = Field(30.0, gt=0, description="seconds before the outbox takes over a reply")
    reply_kept: float = Field(900.0, gt=0, description="seconds the text of a handed-over reply is kept")
    messages_per_hour: int = Field(120, gt=0, description="messages heard from one address in an hour")


def root() -> Path:
    """The folder that holds locales/ and alembic/ beside the packages."""
    return Path(__file__).resolve().parent.parent
