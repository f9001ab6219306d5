"""Find out who sends a request, by bearer token or session cookie, and whether one of our own pages sent it."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import HTTPException, Request
from fastapi.security import HTTPBearer

from api.errors import Forbidden
from api.security.rights import Principal
from api.web.context import context_of

BEARER = HTTPBearer(auto_error=False)
_SECURE, _PLAIN = "__Host-sawt", "sawt"  # no other host can set the first (RFC 6265bis, section 4.1.3.2)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_READS = {"GET", "HEAD"}
_FOREIGN = {"cross-site", "same-site"}  # what `Sec-Fetch-Site` says where another host's page leads here


def is_plain(public_url: str) -> bool:
    """Return whether pages are served without TLS, which is allowed only on this machine, as in the demonstration."""
    url = urlsplit(public_url)
    return url.scheme == "http" and url.hostname in _LOOPBACK


def cookie_name(public_url: str) -> str:
    """Return the name of the session cookie, which depends on whether pages use TLS."""
    return _PLAIN if is_plain(public_url) else _SECURE


def of_same_origin(request: Request) -> bool:
    """Return whether the browser says that a page of this host sent the request.

    A request whose headers do not say where it comes from is refused.
    """
    origin, fetched = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    if origin is None and fetched is None:
        return False
    return (origin is None or _is_ours(request, origin)) and fetched in (None, "same-origin")


def _is_ours(request: Request, origin: str) -> bool:
    """Whether an origin is this host, and with TLS if we are reached by it: others may answer for plain HTTP."""
    try:
        found = urlsplit(origin)
    except ValueError:
        return False
    plain = found.scheme != "https" and context_of(request).public_url.startswith("https:")
    return bool(found.netloc) and found.netloc == request.headers.get("Host", "") and not plain


async def principal_of(request: Request) -> Principal:
    """Return who sends a request.

    Raises HTTPException 401 if the credential stands for nobody, or Forbidden if another site's page sent the request.
    """
    context = context_of(request)
    given = await BEARER(request)
    token = given.credentials.strip() if given is not None else ""
    cookie = request.cookies.get(cookie_name(context.public_url), "")
    if token:
        found = await context.authentication.bearer(token)
    else:
        found = await context.authentication.session(cookie) if cookie else "a bearer token is needed"
    if isinstance(found, str):
        raise HTTPException(401, found, headers={"WWW-Authenticate": "Bearer"})
    # To read may be an act too: who opened a resident's record is recorded. A link elsewhere has nobody do it unaware.
    foreign = request.headers.get("Sec-Fetch-Site") in _FOREIGN
    if not token and (foreign or (request.method not in _READS and not of_same_origin(request))):
        raise Forbidden("a session acts from pages of this host alone")
    return found
