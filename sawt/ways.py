"""The further ways to sign in that the settings switch on, and what is wrong with these settings."""

from __future__ import annotations

from importlib import import_module
from ipaddress import ip_address
from urllib.parse import urlsplit

from api.errors import WrongSetup
from api.settings import Settings
from api.staff.ways.offered import Ways


def ways_of(settings: Settings) -> Ways:
    """Return the ways to sign in beside the password; only their libraries are imported. Raises WrongSetup."""
    if not settings.passkeys:
        return Ways()
    if fault := passkey_fault(settings):
        raise WrongSetup(f"SAWT_PASSKEYS: {fault}")
    return Ways(passkeys=import_module("api.staff.ways.webauthn").RelyingParty(settings.public_url))


def passkey_fault(settings: Settings) -> str:
    """Return why browsers would refuse passkeys at the public URL; "" if they would not.

    They need HTTPS, except on this machine, and a host with a name (Web Authentication Level 3, section 5.1.3).
    """
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
