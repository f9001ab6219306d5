"""Cookies and forms of the staff pages, and the proof that a form was sent from one of these pages.

The proof is a hidden field with a keyed hash of a cookie. The cookie is the session cookie, or before the sign-in a
random form cookie. A page of another site can make the browser send the cookie, but cannot read it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from api.console import menu, pages
from api.web.context import context_of
from api.web.credentials import cookie_name, is_plain, of_same_origin

SIGN_IN, SESSIONS = "/console/sign-in", "/console/sessions"
FORM, LINK, CHALLENGE = "-form", "-link", "-challenge"  # suffixes of the names of further cookies


def cookie(request: Request, kind: str = "") -> str:
    """Return the value of one of this application's cookies; "" if the browser did not send it."""
    return request.cookies.get(cookie_name(context_of(request).public_url) + kind, "")


def set_cookie(request: Request, response: Response, value: str, kind: str = "") -> None:
    """Set one of this application's cookies until the browser is closed. An empty value deletes the cookie."""
    # browsers send no `strict` cookies after a click on a link in an e-mail, so only the form cookie is strict
    url = context_of(request).public_url
    response.set_cookie(
        cookie_name(url) + kind,
        value,
        max_age=None if value else 0,
        path="/",
        secure=not is_plain(url),
        httponly=True,
        samesite="strict" if kind == FORM else "lax",
    )


def proof(secret: str) -> str:
    """Return the value of the hidden form field that belongs to a cookie."""
    return hmac.new(secret.encode(), b"form", hashlib.sha256).hexdigest()


def is_ours(request: Request, sent: str, kind: str = "") -> bool:
    """Return whether a form comes from one of our pages, and not from another site."""
    secret = cookie(request, kind)
    names_origin = "Origin" in request.headers or "Sec-Fetch-Site" in request.headers
    foreign = names_origin and not of_same_origin(request)
    return bool(secret) and not foreign and hmac.compare_digest(proof(secret).encode(), sent.encode(errors="replace"))


def unsigned(request: Request, template: str, status: int = 200, own: str = "", **values: object) -> Response:
    """Return a page with a form for somebody who is not signed in, and set the form cookie."""
    secret = cookie(request, FORM) or secrets.token_urlsafe(32)
    page = pages.render(request, template, status, own, proof=proof(secret), **values)
    set_cookie(request, page, secret, FORM)
    return page


def signed(request: Request, template: str, status: int = 200, **values: object) -> Response:
    """Return a page with a form for somebody who is signed in."""
    entries = menu.of(getattr(request.state, "principal", None))
    return pages.render(request, template, status, "", proof=proof(cookie(request)), menu=entries, **values)


def redirect(request: Request, path: str) -> RedirectResponse:
    """Redirect to another page, in the same language."""
    language = request.query_params.get("lang", "")
    query = f"?lang={language}" if language in pages.LANGUAGES else ""
    return RedirectResponse(path + query, 303, headers=pages.headers(request))
