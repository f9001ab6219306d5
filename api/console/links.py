"""The page of a one-time link: set a password and the second factor, then see the recovery codes once."""

from __future__ import annotations

import re

import segno
from fastapi import APIRouter, Request, Response

from api.console import forms, pages
from api.console.deps import PasswordsDep
from api.console.sign_in import Field
from api.errors import NotFound
from api.staff import links, second_factor
from api.staff.links import UsableLink
from api.staff.passwords import PasswordRefused, checked
from api.web.deps import Db, KeyringDep, Now

router = APIRouter(include_in_schema=False)
_WELCOME = "/console/welcome"
_TOKEN = re.compile(r"[\w-]{20,64}", re.ASCII)  # characters that are safe in a cookie


@router.get("/welcome/{token}")
async def follow(request: Request, token: str) -> Response:
    """Move the token of a link from the URL into a cookie (ASVS 14.2.1). Then redirect to the form."""
    answer = forms.redirect(request, _WELCOME)
    if _TOKEN.fullmatch(token):
        forms.set_cookie(request, answer, token, forms.LINK)
    return answer


@router.get("/welcome")
async def show(request: Request, db: Db, keyring: KeyringDep, now: Now) -> Response:
    """Show the form: a new password twice, and a code from the authenticator app.

    If the link renews the second factor, the form also shows a QR code to set up the app.
    """
    return await _shown(request, db, keyring, now)


@router.post("/welcome")
async def accept(
    request: Request, db: Db, keyring: KeyringDep, passwords: PasswordsDep, now: Now, password: Field = "",
    again: Field = "", code: Field = "", proof: Field = "",
) -> Response:  # fmt: skip
    """Set up the account, and show its recovery codes once."""
    if not forms.is_ours(request, proof, forms.FORM):
        return await _shown(request, db, keyring, now, error="form.old")
    token = forms.cookie(request, forms.LINK)
    try:
        async with db.transaction() as session:
            await links.usable_link(session, token, keyring=keyring, now=now)  # no costly hash for strangers
        password_hash = await passwords.hash(checked(password, again))
        async with db.transaction() as session:
            codes = await links.accept(session, token, password_hash=password_hash, code=code, keyring=keyring, now=now)
    except (PasswordRefused, NotFound) as error:
        return await _shown(request, db, keyring, now, error=getattr(error, "reason", ""))
    if codes is None:
        return await _shown(request, db, keyring, now, error=links.WRONG_CODE)
    answer = pages.render(request, "codes.html", codes=codes)
    forms.set_cookie(request, answer, "", forms.LINK)
    return answer


async def _shown(request: Request, db: Db, keyring: KeyringDep, now: Now, error: str = "") -> Response:
    """Return the form of a link, or a page that says that the link is no longer valid."""
    try:
        async with db.transaction() as session:
            link = await links.usable_link(session, forms.cookie(request, forms.LINK), keyring=keyring, now=now)
    except NotFound:
        return pages.render(request, "gone.html", 404)
    status = 422 if error else 200
    own = link.account.language
    return forms.unsigned(request, "welcome.html", status, own, error=error, found=link, qr=_qr(request, link))


def _qr(request: Request, link: UsableLink) -> str:
    """Return the QR code for the authenticator app as SVG. If the second factor stays, return ""."""
    if not link.secret:
        return ""
    code = segno.make(second_factor.address(link.secret, link.account.name), error="m")
    title = pages.text_in(pages.language_of(request, link.account.language))("link.qr")
    return code.svg_inline(scale=4, border=4, title=title, light="#fff")
