"""Check that each provider in use has its secret. Without it, anybody could send messages in a resident's name."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import SecretStr

from api.errors import Invalid, WrongSetup
from api.routing.prices import Prices
from api.settings import Settings
from sawt.roads import roads_of
from sawt.settings import keys_of
from sawt.vault import MISSING, UNSET, faults


def require_settings(settings: Settings) -> None:
    """Raise WrongSetup if a service cannot start with these settings."""
    require_proofs(settings)
    keys_of(settings)
    for fault in faults(settings):
        raise WrongSetup(UNSET if fault == MISSING else f"SAWT_VAULT: {fault}")
    try:
        roads_of(settings)
    except Invalid as error:
        raise WrongSetup(f"SAWT_ROADS: {error}") from None
    try:
        Prices(settings.prices)
    except Invalid as error:
        raise WrongSetup(f"SAWT_PRICES: {error}") from None


def require_proofs(settings: Settings) -> None:
    """Raise WrongSetup if a provider is switched on without the secret that authenticates its requests.

    A blank secret counts as missing. `sawt doctor` checks the form of the values.
    """
    missing = next(_missing(settings), None)
    if missing is not None:
        raise WrongSetup(f"{missing}. The service cannot start. Try: sawt doctor")


def _is_blank(secret: SecretStr) -> bool:
    return not secret.get_secret_value().strip()


def _missing(settings: Settings) -> Iterator[str]:
    if settings.twilio_account_sid and _is_blank(settings.twilio_auth_token):
        yield "Twilio is switched on without SAWT_TWILIO_AUTH_TOKEN, so anyone could sign a webhook"
    if settings.twilio_account_sid and any(_is_blank(key) for key in settings.twilio_shared_keys.values()):
        yield ("Twilio is switched on with an empty key in SAWT_TWILIO_SHARED_KEYS, so anyone could sign a webhook")
    if settings.kannel_url and _is_blank(settings.kannel_secret):
        yield "Kannel is switched on without SAWT_KANNEL_SECRET, so anyone could post messages in Kannel's name"
    if settings.kannel_url and _is_blank(settings.kannel_password):
        yield "Kannel is switched on without SAWT_KANNEL_PASSWORD, so Kannel would refuse every message"
    secret = settings.telegram_secret.get_secret_value()
    if settings.telegram_token.get_secret_value() and secret and not secret.strip():
        yield "SAWT_TELEGRAM_SECRET contains only spaces: set a secret, or leave it empty to poll for updates"
