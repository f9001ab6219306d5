"""Check Twilio's signatures, which use the account's token with SHA-1 or a shared key with SHA-256.

If the account has a rule with a shared key, a header of the request names the key (twilio.com/docs/usage/webhooks/
webhook-shared-keys). This header is not signed, so each key is accepted only with its own hash method. A request whose
header was added, changed or removed therefore fails the check.
"""

from __future__ import annotations

from collections.abc import Mapping

from twilio.request_validator import (
    HMAC_SHA256,
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)


class Signatures:
    """The secrets for checking signatures: the account's token, and the shared keys by id."""

    def __init__(self, auth_token: str, shared: Mapping[str, str]) -> None:
        """Set up the checks. `shared` has the shared keys by id. During a change of keys, there are two."""
        self._usual = RequestValidator(auth_token)
        self._shared = {name: RequestValidator(secret) for name, secret in shared.items()}

    def are_valid(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> bool:
        """Return whether Twilio signed these parameters for this address."""
        signature, settings = headers.get(SIGNATURE_HEADER, ""), headers.get(SIGNATURE_SETTINGS_HEADER, "")
        if not settings:
            return bool(self._usual.validate(url, form, signature))
        validator = self._shared.get(_key(settings))
        if validator is None or get_signature_algorithm(settings) != HMAC_SHA256:
            return False
        return bool(validator.validate(url, form, signature, HMAC_SHA256))


def _key(header: str) -> str:
    """Return the key's id from a header such as `key=ID,algorithm=HMAC_SHA256`, or ""."""
    pairs = (part.partition("=") for part in header.split(","))
    return next((value.strip() for name, _, value in pairs if name.strip() == "key"), "")
