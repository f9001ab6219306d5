"""Checks of `sawt doctor` about further ways to sign in."""

from __future__ import annotations

from api.settings import Settings
from sawt.doctor.finding import Finding
from sawt.ways import back_of, passkey_fault, provider_fault

_PASSKEYS, _PROVIDER = "SAWT_PASSKEYS", "SAWT_OIDC_ISSUER"


def check_ways(settings: Settings) -> list[Finding]:
    """Check that the ways to sign in beside password and code can work."""
    return [_passkeys(settings), _provider(settings)]


def _passkeys(settings: Settings) -> Finding:
    if not settings.passkeys:
        return Finding(_PASSKEYS, None, "not set: staff sign in with password and code")
    fault = passkey_fault(settings)
    return Finding(_PASSKEYS, not fault, fault or "staff can add passkeys at /console/passkeys")


def _provider(settings: Settings) -> Finding:
    if fault := provider_fault(settings):
        return Finding(_PROVIDER, False, fault)
    if not settings.oidc_issuer:
        return Finding(_PROVIDER, None, "not set: there is no identity provider")
    asked = "the code of the app unless the provider says that it asked for a second factor"
    code = asked if settings.oidc_second_factor == "provider" else "the code of the app"
    return Finding(_PROVIDER, True, f"well formed; the provider must allow {back_of(settings)}. Then it takes {code}")
