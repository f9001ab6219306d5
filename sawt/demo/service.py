"""The demonstration's service with the rehearsal network (simulated phones), on one port, without any setup."""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from pydantic import SecretStr
from starlette.routing import Mount

from api import clock
from api.clock import Clock
from api.errors import Invalid
from api.security.crypto import Keyring
from api.settings import Settings
from rehearsal.app import create_rehearsal
from rehearsal.exchange import Observer
from rehearsal.network import Network
from rehearsal.settings import RehearsalSettings
from sawt.demo import votes

SERVICE_NUMBER = "+212600000099"
BOT = "sawt_rehearsal_bot"  # the bot's name in the rehearsal
_SECRETS = "demo-secrets"


def prepare(folder: Path) -> Mapping[str, str]:
    """Create the folder and its secrets if they do not exist; return the secrets.

    Raises Invalid if the folder cannot be written.
    """
    file = folder / _SECRETS
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            secret = {
                "keys": Keyring.generate(),
                "account": "AC" + secrets.token_hex(16),
                "auth_token": secrets.token_hex(16),
                "bot_token": f"{secrets.randbelow(10**9) + 10**9}:{secrets.token_urlsafe(26)}",
                "api_token": secrets.token_urlsafe(24),
            }
            file.touch(mode=0o600)
            file.write_text("".join(f"{name}={value}\n" for name, value in secret.items()), encoding="ascii")
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
        lines = file.read_text(encoding="ascii").splitlines()
    except OSError as error:
        raise Invalid(f"cannot write to the folder {folder}: {error.strerror}") from None
    return dict(line.split("=", 1) for line in lines)


def demo_settings(folder: Path, secret: Mapping[str, str], *, port: int) -> Settings:
    """Return the demonstration's settings. The rehearsal network on the same port simulates every provider."""
    here = f"http://127.0.0.1:{port}"
    return Settings(
        _env_file=None,
        database_url=f"sqlite+aiosqlite:///{folder / 'sawt.db'}",
        keys=SecretStr(secret["keys"]),
        vault=[folder / "vault"],
        public_url=here,
        api_token=SecretStr(secret["api_token"]),
        api_docs=True,
        twilio_account_sid=secret["account"],
        twilio_auth_token=SecretStr(secret["auth_token"]),
        twilio_sender=SERVICE_NUMBER,
        twilio_api_url=f"{here}/rehearsal/twilio",
        telegram_token=SecretStr(secret["bot_token"]),
        telegram_bot=BOT,
        telegram_api_url=f"{here}/rehearsal/telegram",
        telegram_secret=SecretStr(""),
        log_level="WARNING",
        agent_apart=5.0,  # seconds: one person plays all residents and should not wait long
        smallest_count=votes.SMALLEST,
    )


def variables(settings: Settings) -> dict[str, str]:
    """Return the explicitly given settings as environment variables."""
    return {f"SAWT_{name.upper()}": _plain(getattr(settings, name)) for name in sorted(settings.model_fields_set)}


def _plain(value: Any) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return json.dumps([str(each) for each in value]) if isinstance(value, list) else str(value)


def rehearse(
    app: FastAPI,
    settings: Settings,
    *,
    journal: Path | None = None,
    observe: Observer | None = None,
    now: Clock = clock.now,
) -> Network:
    """Add the rehearsal network to the application, and return the network.

    Its routes begin with /rehearsal, where the demonstration's settings look for the providers.

    `journal` is the file in which the network stores its messages. `observe` receives every exchange between the
    network and the service. `now` is the clock of the simulated providers.
    """
    rehearsal = create_rehearsal(
        RehearsalSettings(
            account_sid=settings.twilio_account_sid,
            auth_token=settings.twilio_auth_token.get_secret_value(),
            service_number=settings.twilio_sender,
            inbound_url=f"{settings.public_url}/sms/twilio/inbound",
            bot_token=settings.telegram_token.get_secret_value(),
            journal=journal,
            clock=lambda: now().timestamp(),
        ),
        observe=observe,
    )
    network: Network = rehearsal.state.network
    app.routes.insert(0, Mount("/rehearsal", rehearsal))  # placed first, as most requests are for it
    within = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(inner: FastAPI) -> AsyncIterator[Any]:
        async with within(inner):
            try:
                yield
            finally:
                await network.aclose()

    app.router.lifespan_context = lifespan
    return network
