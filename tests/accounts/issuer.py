"""An OpenID provider at the wire: discovery, keys, and a token endpoint that signs real tokens."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import RSAKey

ISSUER, CLIENT, SECRET = "https://id.example", "sawt-console", "a-secret-of-the-client"


@cache
def rsa(kid: str) -> RSAKey:
    """A key of the provider, made once: making one takes long."""
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})


@dataclass
class Issuer:
    """A provider at which everybody has proved who they are. Attributes change what it says."""

    now: Callable[[], Any]
    subject: str = "248289761001"
    claims: dict[str, Any] = field(default_factory=dict)  # None: the claim is missing
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256", "kid": "one"})
    key: Any = field(default_factory=lambda: rsa("one"))
    document: dict[str, Any] = field(default_factory=dict)
    down: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)  # that were not used yet
    asked: list[str] = field(default_factory=list)

    def authorize(self, url: str) -> dict[str, str]:
        """Prove to the provider who one is. Return the query with which it sends the browser back."""
        parts = urlsplit(url)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{ISSUER}/authorize"
        request = dict(parse_qsl(parts.query))
        assert (request["response_type"], request["scope"], request["client_id"]) == ("code", "openid", CLIENT)
        assert request["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}-{request['state'][:6]}"
        self.codes[code] = request
        return {"code": code, "state": request["state"], "iss": ISSUER}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer a request of the service."""
        self.asked.append(request.url.path)
        if self.down:
            raise httpx.ConnectError("down", request=request)
        if request.url.path == "/.well-known/openid-configuration":
            return httpx.Response(200, json=self._document())
        if request.url.path == "/keys":
            return httpx.Response(200, json={"keys": [rsa("one").as_dict(private=False), {"kty": "new"}]})
        assert (request.method, request.url.path) == ("POST", "/token")
        return self._token(request)

    def _document(self) -> dict[str, Any]:
        endpoints = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return {"issuer": ISSUER} | {name: f"{ISSUER}/{path}" for name, path in endpoints.items()} | self.document

    def _token(self, request: httpx.Request) -> httpx.Response:
        given = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        asked = self.codes.pop(given.get("code", ""), None)  # a code is used once
        if request.headers.get("Authorization") != f"Basic {basic}" or asked is None:
            return httpx.Response(400, json={"error": "invalid_grant"})
        verifier = hashlib.sha256(given["code_verifier"].encode()).digest()
        assert _text(verifier) == asked["code_challenge"]
        assert given["redirect_uri"] == asked["redirect_uri"]
        return httpx.Response(
            200, json={"access_token": "x", "token_type": "Bearer", "id_token": self._signed(asked["nonce"])}
        )

    def _signed(self, nonce: str) -> str:
        seconds = int(self.now().timestamp())
        claims = {"iss": ISSUER, "sub": self.subject, "aud": CLIENT, "iat": seconds, "exp": seconds + 300}
        claims |= {"nonce": nonce, "auth_time": seconds} | self.claims
        said = {name: value for name, value in claims.items() if value is not None}
        parts = f"{_b64(self.header)}.{_b64(said)}"
        if self.header["alg"] == "none":
            return f"{parts}."
        if self.header["alg"] == "HS256":  # with the public key as its secret, which deceives careless verifiers
            return f"{parts}.{_text(hmac.digest(rsa('one').as_pem(private=False), parts.encode(), 'sha256'))}"
        return jwt.encode(self.header, said, self.key)


def _b64(content: dict[str, Any]) -> str:
    return _text(json.dumps(content).encode())


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
