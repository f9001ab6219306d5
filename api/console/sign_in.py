"""The pages to sign in and out, and to give a fresh code of the second factor."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from api.console import forms
from api.console.deps import PasswordsDep, Signed, address_of
from api.staff import sessions, sign_in
from api.staff.back_off import MustWait
from api.staff.sign_in import Given, NotSignedIn
from api.web.deps import Db, KeyringDep, Now

router = APIRouter(include_in_schema=False)
Field = Annotated[str, Form(max_length=1024)]


@router.get("/sign-in")
async def show(request: Request) -> Response:
    """The form: name, password, code."""
    return forms.unsigned(request, "sign_in.html", error="", name="")


@router.post("/sign-in")
async def enter(
    request: Request, db: Db, keyring: KeyringDep, passwords: PasswordsDep, now: Now, name: Field = "",
    password: Field = "", code: Field = "", proof: Field = "",
) -> Response:  # fmt: skip
    """Begin a session with a new id, and end the one there was in this browser."""
    if not forms.is_ours(request, proof, forms.FORM):
        return forms.unsigned(request, "sign_in.html", 403, error="form.old", name=name)
    given = Given(name, password, code, address_of(request))
    try:
        token = await sign_in.sign_in(db, passwords, given, keyring=keyring, now=now)
    except NotSignedIn:
        return forms.unsigned(request, "sign_in.html", 403, error="signin.wrong", name=name)
    except MustWait as found:
        page = forms.unsigned(request, "sign_in.html", 429, error="signin.wait", name=name, seconds=found.seconds)
        page.headers["Retry-After"] = str(found.seconds)
        return page
    if before := forms.cookie(request):
        async with db.transaction() as session:
            await sessions.end(session, sessions.hashed(before))
    answer = forms.to(request, forms.SESSIONS)
    forms.keep(request, answer, token)
    forms.keep(request, answer, "", forms.FORM)
    return answer


@router.post("/sign-out")
async def leave(request: Request, who: Signed, db: Db, proof: Field = "") -> Response:
    """End this session; a foreign page neither ends it nor makes the browser forget it while it goes on."""
    if who is None or not forms.is_ours(request, proof):
        return forms.to(request, forms.SESSIONS)
    async with db.transaction() as session:
        await sessions.end(session, sessions.hashed(forms.cookie(request)))
    answer = forms.to(request, forms.SIGN_IN)
    forms.keep(request, answer, "")
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'  # ASVS 14.3.1
    return answer


@router.get("/confirm")
async def ask(request: Request, who: Signed) -> Response:
    """A field for a fresh code."""
    if who is None:
        return forms.to(request, forms.SIGN_IN)
    return forms.signed(request, "confirm.html", said="")


@router.post("/confirm")
async def confirm(
    request: Request, who: Signed, db: Db, keyring: KeyringDep, now: Now, code: Field = "", proof: Field = ""
) -> Response:
    """Take a fresh code: for ten minutes this session may do what needs one."""
    if who is None or who.account_id is None:
        return forms.to(request, forms.SIGN_IN)
    if not forms.is_ours(request, proof):
        return forms.signed(request, "confirm.html", 403, said="form.old")
    held = sessions.hashed(forms.cookie(request))
    try:
        await sign_in.confirm(db, who.account_id, held, code, address=address_of(request), keyring=keyring, now=now)
    except NotSignedIn:
        return forms.signed(request, "confirm.html", 403, said="confirm.wrong")
    except MustWait as found:
        return forms.signed(request, "confirm.html", 429, said="signin.wait", seconds=found.seconds)
    return forms.signed(request, "confirm.html", said="confirm.done")
