"""WebAuthn (W3C, Level 3) with py_webauthn: options for browsers, and verification of what authenticators answer.

User verification is always required: the authenticator asks for a finger, a face or a PIN. So one passkey is two
factors. Attestation is not requested, because it does not matter which product somebody uses.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import options_to_json, parse_authentication_credential_json, parse_registration_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from api.staff.ways.offered import KnownKey, NewKey, Unproven

_NAME = "Sawt"
_PATIENCE = 300_000  # milliseconds that a browser waits for a person: five minutes, as the standard recommends
_LONGEST_ID = 1023  # bytes; Level 3, section 7.1
_PORTS = {"http": 80, "https": 443}  # an origin does not name them


class RelyingParty:
    """This service, known to authenticators by the host of its public URL."""

    def __init__(self, public_url: str) -> None:
        """Set up the service, which people reach at `public_url`."""
        url = urlsplit(public_url)
        self._id = url.hostname or ""
        port = "" if url.port in (None, _PORTS.get(url.scheme)) else f":{url.port}"
        self._origin = f"{url.scheme}://{self._id}{port}"

    def options_to_add(self, user: bytes, name: str, known: Sequence[KnownKey], challenge: bytes) -> str:
        """Return the browser's options to create a passkey, as JSON."""
        options = webauthn.generate_registration_options(
            rp_id=self._id,
            rp_name=_NAME,
            user_id=user,
            user_name=name,
            challenge=challenge,
            timeout=_PATIENCE,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=_descriptors(known),
        )
        return options_to_json(options)

    def options_to_prove(self, allowed: Sequence[KnownKey], challenge: bytes) -> str:
        """Return the browser's options to use a passkey, as JSON."""
        options = webauthn.generate_authentication_options(
            rp_id=self._id,
            challenge=challenge,
            timeout=_PATIENCE,
            allow_credentials=_descriptors(allowed),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return options_to_json(options)

    def added(self, answer: str, challenge: bytes) -> NewKey:
        """Return the passkey that an answer contains. Raises Unproven."""
        try:
            found = webauthn.verify_registration_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=self._id,
                expected_origin=self._origin,
                require_user_verification=True,
            )
        except Exception as error:  # besides its own errors, the library lets errors of its parsers through
            raise Unproven(_why(error)) from None
        if len(found.credential_id) > _LONGEST_ID:
            raise Unproven("the credential id is too long")
        transports = parse_registration_credential_json(answer).response.transports or []
        said = sorted({each.value for each in transports})
        return NewKey(found.credential_id, found.credential_public_key, found.sign_count, said)

    def named(self, answer: str) -> tuple[bytes, bytes | None]:
        """Return the credential id and user handle in an answer, without verifying them. Raises Unproven."""
        try:
            credential = parse_authentication_credential_json(answer)
        except Exception as error:  # see `added`
            raise Unproven(_why(error)) from None
        return credential.raw_id, credential.response.user_handle

    def proved(self, answer: str, challenge: bytes, public_key: bytes) -> int:
        """Verify an answer, and return the authenticator's sign count. Raises Unproven."""
        try:
            found = webauthn.verify_authentication_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=self._id,
                expected_origin=self._origin,
                credential_public_key=public_key,
                credential_current_sign_count=0,  # the caller compares it: a copy of a passkey is logged as such
                require_user_verification=True,
            )
        except Exception as error:  # see `added`
            raise Unproven(_why(error)) from None
        return found.new_sign_count


def _why(error: Exception) -> str:
    """Return the kind of an error. Its text is left out, because it may contain what a stranger sent."""
    return type(error).__name__ if isinstance(error, WebAuthnException) else "malformed"


def _descriptors(known: Sequence[KnownKey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(id=each.credential_id, transports=[*map(AuthenticatorTransport, each.transports)])
        for each in known
    ]
