"""Whether Twilio signed a request: by the account's token and SHA-1, as usual, or by a shared key and SHA-256.

Where a rule of the account's names a shared key, a header of the request says which (twilio.com/docs/usage/webhooks/
webhook-shared-keys). The header itself is not signed. That is why each key is taken by its own method only: a header
that is added, changed or dropped makes a signature wrong.
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


class Proof:
    """Knows the account's primary token and its shared keys, by their ids: two while one takes over from another."""

    def __init__(self, auth_token: str, shared: Mapping[str, str]) -> None:
        """`shared` gives the secret of each key."""
        self._usual = RequestValidator(auth_token)
        self._shared = {name: RequestValidator(secret) for name, secret in shared.items()}

    def holds(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> bool:
        """Whether these parameters, sent to this address, are signed by Twilio."""
        signature, said = headers.get(SIGNATURE_HEADER, ""), headers.get(SIGNATURE_SETTINGS_HEADER, "")
        if not said:
            return bool(self._usual.validate(url, form, signature))
        validator = self._shared.get(_key(said))
        if validator is None or get_signature_algorithm(said) != HMAC_SHA256:
            return False
        return bool(validator.validate(url, form, signature, HMAC_SHA256))


def _key(said: str) -> str:
    """The id in a header of the form `key=ID,algorithm=HMAC_SHA256`; "" if there is none."""
    pairs = (part.partition("=") for part in said.split(","))
    return next((value.strip() for name, _, value in pairs if name.strip() == "key"), "")
