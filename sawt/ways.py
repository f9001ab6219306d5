"""The further ways to sign in that the settings switch on, and what is wrong with these settings."""

from __future__ import annotations

from importlib import import_module
from ipaddress import ip_address
from urllib.parse import urlsplit

from api.errors import WrongSetup
from api.settings import Settings
from api.staff.ways.offered import IdentityProvider, PasskeyParty, Ways, is_private


def ways_of(settings: Settings) -> Ways:
    """Return the ways to sign in beside the password. Raises WrongSetup.

    Libraries of ways that are switched off are not imported.
    """
    for name, fault in (("SAWT_PASSKEYS", passkey_fault(settings)), ("SAWT_OIDC_ISSUER", provider_fault(settings))):
        if fault:
            raise WrongSetup(f"{name}: {fault}")
    return Ways(_party(settings), _provider(settings))


def _party(settings: Settings) -> PasskeyParty | None:
    if not settings.passkeys:
        return None
    party: PasskeyParty = import_module("api.staff.ways.webauthn").RelyingParty(settings.public_url)
    return party


def _provider(settings: Settings) -> IdentityProvider | None:
    if not settings.oidc_issuer:
        return None
    provider: IdentityProvider = import_module("api.staff.ways.oidc").Provider(
        settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret, label=settings.oidc_name,
        back=back_of(settings), trusted=settings.oidc_second_factor == "provider",
    )  # fmt: skip
    return provider


def back_of(settings: Settings) -> str:
    """Return the URL to which the identity provider has to send browsers back."""
    return f"{settings.public_url.rstrip('/')}/console/sign-in/provider/back"


def provider_fault(settings: Settings) -> str:
    """Return what is wrong with the settings of the identity provider. If nothing is wrong, return ""."""
    if not settings.oidc_issuer:
        others = settings.oidc_client_id or settings.oidc_client_secret.get_secret_value() or settings.oidc_name
        return "other SAWT_OIDC_… settings are set, but this one is not" if others else ""
    if not is_private(settings.oidc_issuer):
        return "must start with https://"
    if not settings.oidc_client_id or not settings.oidc_client_secret.get_secret_value():
        return "needs SAWT_OIDC_CLIENT_ID and SAWT_OIDC_CLIENT_SECRET"
    return "" if is_private(settings.public_url) else "needs SAWT_PUBLIC_URL with https://"


def passkey_fault(settings: Settings) -> str:
    """Return why browsers would refuse passkeys at the public URL. If they would not, return "".

    Passkeys need HTTPS, except on this machine, and a host with a name (Web Authentication Level 3, section 5.1.3).
    """
    if not settings.passkeys:
        return ""
    url = urlsplit(settings.public_url)
    host = url.hostname or ""
    if not host:
        return "needs SAWT_PUBLIC_URL"
    if _is_address(host):
        return "SAWT_PUBLIC_URL must name a host, not an IP address; on this machine: localhost"
    if url.scheme != "https" and host != "localhost":
        return "SAWT_PUBLIC_URL must start with https://"
    return ""


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
