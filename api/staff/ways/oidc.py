"""OpenID Connect (Core 1.0) with authlib: where to send a browser, and whom an ID token names.

The authorization code flow, with PKCE (RFC 7636), state and nonce. All three are derived from one challenge.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
from authlib.oauth2.client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet
from pydantic import SecretStr

from api.errors import Unavailable
from api.staff.ways.offered import Claimed, Return, Unproven, is_private

_DISCOVERY = "/.well-known/openid-configuration"  # OpenID Connect Discovery 1.0, section 4
_ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]  # signatures with a public key only: never `none`, never HMAC
_KEY_TYPES = {"RSA", "EC", "OKP"}
_PATIENCE = 10.0  # seconds to wait for the provider
_LEEWAY = 60  # seconds that the provider's clock may be fast or slow
_RECENT = 600  # seconds since the person proved who they are, if the provider's second factor counts
_LONGEST_SUBJECT = 255
# Methods (RFC 8176) and classes of authentication that include a second factor.
_STRONG_METHODS = {"mfa", "otp", "hwk"}
_STRONG_CLASSES = {
    "phr", "phrh", "https://refeds.org/profile/mfa", "http://schemas.openid.net/pape/policies/2007/06/multi-factor",
}  # fmt: skip


class Provider:
    """An identity provider, described by its discovery document."""

    def __init__(
        self, issuer: str, client_id: str, secret: SecretStr, *, label: str, back: str, trusted: bool,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:  # fmt: skip
        """Set up the provider. It sends browsers back to `back`. If `trusted`, its second factor replaces ours."""
        self.issuer, self.label, self.trusted = issuer, label or (urlsplit(issuer).hostname or ""), trusted
        self._client_id, self._secret, self._back, self._transport = client_id, secret, back, transport
        self._found: Mapping[str, Any] | None = None

    async def address(self, challenge: bytes) -> str:
        """Return the URL of the provider's sign-in page. Raises Unavailable."""
        async with self._http() as http:
            found = await self._discovered(http)
        client = _Client(None, self._client_id, redirect_uri=self._back, scope="openid", code_challenge_method="S256")
        more = {"max_age": str(_RECENT)} if self.trusted else {}
        url, _ = client.create_authorization_url(
            found["authorization_endpoint"], state=_derived(challenge, "state"), nonce=_derived(challenge, "nonce"),
            code_verifier=_derived(challenge, "verifier"), **more,
        )  # fmt: skip
        return str(url)

    async def claimed(self, answer: Return, challenge: bytes, *, now: datetime) -> Claimed:
        """Return the person that the provider names. Raises Unproven. If nobody answers, raises Unavailable."""
        if not hmac.compare_digest(_derived(challenge, "state").encode(), answer.state.encode(errors="replace")):
            raise Unproven("the state is wrong")
        if answer.issuer not in ("", self.issuer):  # RFC 9207
            raise Unproven("another issuer answered")
        if not answer.code:
            raise Unproven("there is no code")
        try:
            async with self._http() as http:
                found = await self._discovered(http)
                tokens = await self._tokens(http, found, answer.code, _derived(challenge, "verifier"))
                keys = _object(await http.get(found["jwks_uri"]))
            return self._verified(tokens, keys, _derived(challenge, "nonce"), now)
        except (Unavailable, Unproven):
            raise
        except httpx.HTTPError as error:
            raise Unavailable(f"the identity provider does not answer ({type(error).__name__})") from error
        except Exception as error:  # the libraries raise many types for what a stranger or a broken provider sends
            raise Unproven(type(error).__name__) from None

    async def _tokens(
        self, http: httpx.AsyncClient, found: Mapping[str, Any], code: str, verifier: str
    ) -> Mapping[str, Any]:
        """Exchange the code for tokens."""
        methods = found.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        method = "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"
        client = _Client(
            http, self._client_id, self._secret.get_secret_value(), token_endpoint_auth_method=method,
            redirect_uri=self._back,
        )  # fmt: skip
        tokens: Mapping[str, Any] = await client.fetch_token(
            found["token_endpoint"], grant_type="authorization_code", code=code, code_verifier=verifier
        )
        return tokens

    def _verified(self, tokens: Mapping[str, Any], keys: Mapping[str, Any], nonce: str, now: datetime) -> Claimed:
        """Verify an ID token as Core 1.0 demands in section 3.1.3.7."""
        usable = [each for each in keys["keys"] if each.get("kty") in _KEY_TYPES and each.get("use", "sig") == "sig"]
        token = jwt.decode(tokens["id_token"], KeySet.import_key_set({"keys": usable}), algorithms=_ALGORITHMS)
        exact = {"iss": self.issuer, "aud": self._client_id}
        options = {name: {"essential": True, "value": value} for name, value in exact.items()}
        params = {"nonce": nonce, "client_id": self._client_id, "access_token": tokens.get("access_token")}
        if self.trusted:
            params["max_age"] = _RECENT
        claims = CodeIDToken(token.claims, token.header, options, params)
        seconds = int(now.timestamp())
        claims.validate(now=seconds, leeway=_LEEWAY)
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT:
            raise Unproven("the subject is not valid")
        return Claimed(subject, strong=self.trusted and _is_strong(claims, seconds))

    async def _discovered(self, http: httpx.AsyncClient) -> Mapping[str, Any]:
        """Return the discovery document, which is read only once. Raises Unavailable if it cannot be used."""
        if self._found is None:
            try:
                found = _object(await http.get(self.issuer.rstrip("/") + _DISCOVERY))
                endpoints = [found[name] for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
            except (httpx.HTTPError, ValueError, KeyError) as error:
                raise Unavailable(f"the identity provider cannot be used ({type(error).__name__})") from error
            if found.get("issuer") != self.issuer or not all(map(is_private, endpoints)):
                raise Unavailable("the identity provider's discovery document names another issuer, or plain HTTP")
            self._found = found
        return self._found

    def _http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=self._transport, timeout=_PATIENCE)


class _Client(OAuth2Client):  # type: ignore[misc]  # authlib has no types
    """authlib's client, which sends requests with httpx. authlib's own integration needs another library."""

    async def _fetch_token(self, url: str, body: str, headers: Any, auth: Any, method: str, **_more: Any) -> Any:
        url, headers, body = auth.prepare(method, url, dict(headers), body)
        return self.parse_response_token(await self.session.request(method, url, headers=headers, content=body))


def _derived(challenge: bytes, name: str) -> str:
    """Return a value of 43 letters, which nobody can compute without the challenge."""
    digest = hmac.digest(challenge, name.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _is_strong(claims: Mapping[str, Any], now: int) -> bool:
    """Return whether the provider says that a second factor was used a short time ago."""
    methods = {each for each in claims.get("amr") or [] if isinstance(each, str)}
    if not methods & _STRONG_METHODS and claims.get("acr") not in _STRONG_CLASSES:
        return False
    return bool(now - claims["auth_time"] <= _RECENT + _LEEWAY)


def _object(response: httpx.Response) -> Mapping[str, Any]:
    """Return a response's JSON object. Raises HTTPError or ValueError."""
    found = response.raise_for_status().json()
    if not isinstance(found, dict):
        raise ValueError("not a JSON object")
    return found
