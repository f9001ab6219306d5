"""The pages to sign in, to sign out, and to confirm an action with a new code of the second factor."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from api.console import forms
from api.console.deps import PasswordsDep, Signed, address_of
from api.db import Database
from api.staff import sessions, sign_in
from api.staff.back_off import MustWait
from api.staff.sign_in import NotSignedIn, SignInForm
from api.web.deps import Db, KeyringDep, Now

router = APIRouter(include_in_schema=False)
Field = Annotated[str, Form(max_length=1024)]


@router.get("/sign-in")
async def show(request: Request) -> Response:
    """Show the form for user name, password and code of the second factor."""
    return forms.unsigned(request, "sign_in.html", error="", name="")


@router.post("/sign-in")
async def enter(
    request: Request, db: Db, keyring: KeyringDep, passwords: PasswordsDep, now: Now, name: Field = "",
    password: Field = "", code: Field = "", proof: Field = "",
) -> Response:  # fmt: skip
    """Sign in: start a session with a new id, and end the browser's previous session."""
    if not forms.is_ours(request, proof, forms.FORM):
        return forms.unsigned(request, "sign_in.html", 403, error="form.old", name=name)
    form = SignInForm(name, password, code, address_of(request))
    try:
        _, token = await sign_in.sign_in(db, passwords, form, keyring=keyring, now=now)
    except NotSignedIn:
        return forms.unsigned(request, "sign_in.html", 403, error="signin.wrong", name=name)
    except MustWait as error:
        return must_wait(request, error, name)
    return await entered(request, db, token)


async def entered(request: Request, db: Database, token: str) -> Response:
    """Keep a new session's id in the browser, and end its earlier session."""
    if before := forms.cookie(request):
        async with db.transaction() as session:
            await sessions.end(session, sessions.hashed(before))
    answer = forms.redirect(request, forms.SESSIONS)
    forms.set_cookie(request, answer, token)
    forms.set_cookie(request, answer, "", forms.FORM)
    return answer


def must_wait(request: Request, error: MustWait, name: str = "") -> Response:
    """Return the page that says how long to wait before the next try."""
    page = forms.unsigned(request, "sign_in.html", 429, error="signin.wait", name=name, seconds=error.seconds)
    page.headers["Retry-After"] = str(error.seconds)
    return page


@router.post("/sign-out")
async def leave(request: Request, who: Signed, db: Db, proof: Field = "") -> Response:
    """Sign out: end this session. A form that another site sent is ignored."""
    if who is None or not forms.is_ours(request, proof):
        return forms.redirect(request, forms.SESSIONS)
    async with db.transaction() as session:
        await sessions.end(session, sessions.hashed(forms.cookie(request)))
    answer = forms.redirect(request, forms.SIGN_IN)
    forms.set_cookie(request, answer, "")
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'  # ASVS 14.3.1
    return answer


@router.get("/confirm")
async def ask(request: Request, who: Signed) -> Response:
    """Show the form for a new code of the second factor."""
    if who is None:
        return forms.redirect(request, forms.SIGN_IN)
    return forms.signed(request, "confirm.html", said="")


@router.post("/confirm")
async def confirm(
    request: Request, who: Signed, db: Db, keyring: KeyringDep, now: Now, code: Field = "", proof: Field = ""
) -> Response:
    """Check a new code. If it is right, this session may perform protected actions for ten minutes."""
    if who is None or who.account_id is None:
        return forms.redirect(request, forms.SIGN_IN)
    if not forms.is_ours(request, proof):
        return forms.signed(request, "confirm.html", 403, said="form.old")
    token_hash = sessions.hashed(forms.cookie(request))
    try:
        await sign_in.confirm(
            db, who.account_id, token_hash, code, address=address_of(request), keyring=keyring, now=now
        )
    except NotSignedIn:
        return forms.signed(request, "confirm.html", 403, said="confirm.wrong")
    except MustWait as error:
        return forms.signed(request, "confirm.html", 429, said="signin.wait", seconds=error.seconds)
    return forms.signed(request, "confirm.html", said="confirm.done")
