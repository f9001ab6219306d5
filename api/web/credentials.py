"""Identify who sends a request, by bearer token or session cookie, and check whether one of our pages sent it."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import HTTPException, Request
from fastapi.security import HTTPBearer

from api.errors import Forbidden
from api.security.rights import Principal
from api.web.context import context_of

BEARER = HTTPBearer(auto_error=False)
_SECURE, _PLAIN = "__Host-sawt", "sawt"  # RFC 6265bis, section 4.1.3.2: no other host can set a __Host- cookie
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_READS = {"GET", "HEAD"}
_FOREIGN = {"cross-site", "same-site"}  # values of `Sec-Fetch-Site` for requests from pages of other hosts


def is_plain(public_url: str) -> bool:
    """Return whether pages are served without TLS. This is allowed only on this machine, as in the demonstration."""
    url = urlsplit(public_url)
    return url.scheme == "http" and url.hostname in _LOOPBACK


def cookie_name(public_url: str) -> str:
    """Return the name of the session cookie. It differs with and without TLS."""
    return _PLAIN if is_plain(public_url) else _SECURE


def of_same_origin(request: Request) -> bool:
    """Return whether the browser says that a page of this host sent the request."""
    origin, fetched = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    if origin is None and fetched is None:
        return False
    return (origin is None or _is_ours(request, origin)) and fetched in (None, "same-origin")


def _is_ours(request: Request, origin: str) -> bool:
    """Return whether an origin is this host, with TLS if the public URL has it."""
    try:
        url = urlsplit(origin)
    except ValueError:
        return False
    # without TLS, another machine could answer in this host's name
    plain = url.scheme != "https" and context_of(request).public_url.startswith("https:")
    return bool(url.netloc) and url.netloc == request.headers.get("Host", "") and not plain


async def principal_of(request: Request) -> Principal:
    """Return the principal that sends a request: an account, an API token or the shared token.

    Raises HTTPException 401 without a valid credential, and Forbidden if a page of another site sent the request.
    """
    context = context_of(request)
    bearer = await BEARER(request)
    token = bearer.credentials.strip() if bearer is not None else ""
    cookie = request.cookies.get(cookie_name(context.public_url), "")
    if token:
        principal = await context.authentication.bearer(token)
    else:
        principal = await context.authentication.session(cookie) if cookie else "a bearer token is required"
    if isinstance(principal, str):
        raise HTTPException(401, principal, headers={"WWW-Authenticate": "Bearer"})
    # Reading can be an act too: opening a resident's record is recorded. A link on another site must not trigger it.
    foreign = request.headers.get("Sec-Fetch-Site") in _FOREIGN
    if not token and (foreign or (request.method not in _READS and not of_same_origin(request))):
        raise Forbidden("a session can be used only from this site's own pages")
    return principal
