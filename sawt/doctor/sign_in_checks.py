"""Checks of `sawt doctor` about further ways to sign in."""

from __future__ import annotations

from api.settings import Settings
from sawt.doctor.finding import Finding
from sawt.ways import passkey_fault

_PASSKEYS = "SAWT_PASSKEYS"


def check_ways(settings: Settings) -> list[Finding]:
    """Check that the ways to sign in beside password and code can work."""
    return [_passkeys(settings)]


def _passkeys(settings: Settings) -> Finding:
    if not settings.passkeys:
        return Finding(_PASSKEYS, None, "not set: staff sign in with password and code")
    fault = passkey_fault(settings)
    return Finding(_PASSKEYS, not fault, fault or "staff may add passkeys at /console/passkeys")
