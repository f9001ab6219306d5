"""The page behind a one-time link: a password, the second factor, and the recovery codes that are shown once."""

from __future__ import annotations

import re

import segno
from fastapi import APIRouter, Request, Response

from api.console import forms, pages
from api.console.deps import PasswordsDep
from api.console.sign_in import Field
from api.errors import NotFound
from api.staff import links, second_factor
from api.staff.links import Opened
from api.staff.passwords import NotTaken, checked
from api.web.deps import Db, KeyringDep, Now

router = APIRouter(include_in_schema=False)
_WELCOME = "/console/welcome"
_TOKEN = re.compile(r"[\w-]{20,64}", re.ASCII)  # what a cookie can hold


@router.get("/welcome/{token}")
async def follow(request: Request, token: str) -> Response:
    """Take the link's secret out of the address, into a cookie (ASVS 14.2.1). It is spent only by the form."""
    answer = forms.to(request, _WELCOME)
    if _TOKEN.fullmatch(token):
        forms.keep(request, answer, token, forms.LINK)
    return answer


@router.get("/welcome")
async def show(request: Request, db: Db, keyring: KeyringDep, now: Now) -> Response:
    """The form: a password twice, and a code of the app; with the QR code, where the second factor is a new one."""
    return await _shown(request, db, keyring, now)


@router.post("/welcome")
async def accept(
    request: Request, db: Db, keyring: KeyringDep, passwords: PasswordsDep, now: Now, password: Field = "",
    again: Field = "", code: Field = "", proof: Field = "",
) -> Response:  # fmt: skip
    """Set the account up, and show its recovery codes this once."""
    if not forms.is_ours(request, proof, forms.FORM):
        return await _shown(request, db, keyring, now, error="form.old")
    token = forms.cookie(request, forms.LINK)
    try:
        async with db.transaction() as session:
            await links.opened(session, token, keyring=keyring, now=now)  # strangers have nothing hashed
        kept = await passwords.hash(checked(password, again))
        async with db.transaction() as session:
            codes = await links.accept(session, token, password_hash=kept, code=code, keyring=keyring, now=now)
    except (NotTaken, NotFound) as found:
        return await _shown(request, db, keyring, now, error=getattr(found, "reason", ""))
    if codes is None:
        return await _shown(request, db, keyring, now, error=links.WRONG_CODE)
    answer = pages.render(request, "codes.html", codes=codes)
    forms.keep(request, answer, "", forms.LINK)
    return answer


async def _shown(request: Request, db: Db, keyring: KeyringDep, now: Now, error: str = "") -> Response:
    """The form of a link, and what was wrong with it; or that the link is gone."""
    try:
        async with db.transaction() as session:
            found = await links.opened(session, forms.cookie(request, forms.LINK), keyring=keyring, now=now)
    except NotFound:
        return pages.render(request, "gone.html", 404)
    status = 422 if error else 200
    own = found.account.language
    return forms.unsigned(request, "welcome.html", status, own, error=error, found=found, qr=_qr(request, found))


def _qr(request: Request, found: Opened) -> str:
    """The QR code for the app as SVG, named for who cannot see it; nothing if the second factor stays."""
    if not found.secret:
        return ""
    code = segno.make(second_factor.address(found.secret, found.account.name), error="m")
    title = pages.text_in(pages.language_of(request, found.account.language))("link.qr")
    return code.svg_inline(scale=4, border=4, title=title, light="#fff")
