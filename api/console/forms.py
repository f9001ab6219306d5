"""Forms of pages for staff: the cookie of a session, and the proof that a form comes from a page of ours.

A hidden field holds a keyed hash of a cookie: of the session's, or, before there is one, of a random one for forms. A
foreign page can send the cookie along, and not read it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from api.console import pages
from api.web.context import context_of
from api.web.credentials import cookie_name, is_plain, of_same_origin

SIGN_IN, SESSIONS = "/console/sign-in", "/console/sessions"
FORM, LINK = "-form", "-link"  # what the names of two more cookies end with


def cookie(request: Request, kind: str = "") -> str:
    """The value of a cookie of ours; "" if there is none."""
    return request.cookies.get(cookie_name(context_of(request).public_url) + kind, "")


def keep(request: Request, response: Response, value: str, kind: str = "") -> None:
    """Set a cookie of ours, until the browser is closed; what an empty one held is forgotten.

    That of a link is sent also to who comes from elsewhere, such as from their mail: a browser would hold a strict one
    back from the page that the link leads to.
    """
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
    """The hidden field that goes with a cookie."""
    return hmac.new(secret.encode(), b"form", hashlib.sha256).hexdigest()


def is_ours(request: Request, given: str, kind: str = "") -> bool:
    """Whether a form comes from a page of ours: it has the proof, and the browser names no other origin."""
    secret = cookie(request, kind)
    says = "Origin" in request.headers or "Sec-Fetch-Site" in request.headers
    foreign = says and not of_same_origin(request)
    return bool(secret) and not foreign and hmac.compare_digest(proof(secret).encode(), given.encode(errors="replace"))


def unsigned(request: Request, template: str, status: int = 200, own: str = "", **given: object) -> Response:
    """A page with a form, for somebody who is not signed in; the cookie that its proof goes with is set."""
    secret = cookie(request, FORM) or secrets.token_urlsafe(32)
    page = pages.render(request, template, status, own, proof=proof(secret), **given)
    keep(request, page, secret, FORM)
    return page


def signed(request: Request, template: str, status: int = 200, **given: object) -> Response:
    """A page with a form, for somebody who is signed in."""
    return pages.render(request, template, status, "", proof=proof(cookie(request)), **given)


def to(request: Request, path: str) -> RedirectResponse:
    """Go to another page, in the same language."""
    language = request.query_params.get("lang", "")
    asked = f"?lang={language}" if language in pages.LANGUAGES else ""
    return RedirectResponse(path + asked, 303, headers=pages.headers(request))
