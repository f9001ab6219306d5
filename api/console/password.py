"""The page where staff change their own password."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.console import forms
from api.console.deps import PasswordsDep, Signed, address_of
from api.console.sign_in import Field
from api.staff import new_password, sessions
from api.staff.back_off import MustWait
from api.staff.new_password import Change
from api.staff.passwords import PasswordRefused
from api.staff.sign_in import NotSignedIn
from api.web.deps import Db, KeyringDep, Now

router = APIRouter(include_in_schema=False)


@router.get("/password")
async def show(request: Request, who: Signed) -> Response:
    """Show the form: the current password once, and the new password twice."""
    return forms.redirect(request, forms.SIGN_IN) if who is None else forms.signed(request, "password.html", said="")


@router.post("/password")
async def change(
    request: Request, who: Signed, db: Db, keyring: KeyringDep, passwords: PasswordsDep, now: Now, present: Field = "",
    password: Field = "", again: Field = "", proof: Field = "",
) -> Response:  # fmt: skip
    """Store the new password and end all other sessions."""
    if who is None or who.account_id is None:
        return forms.redirect(request, forms.SIGN_IN)
    if not forms.is_ours(request, proof):
        return forms.signed(request, "password.html", 403, said="form.old")
    here = sessions.hashed(forms.cookie(request))
    data = Change(who.account_id, here, present, password, again, address_of(request))
    try:
        await new_password.change(db, passwords, data, keyring=keyring, now=now)
    except PasswordRefused as error:
        return forms.signed(request, "password.html", 422, said=error.reason)
    except NotSignedIn:
        return forms.signed(request, "password.html", 403, said="password.wrong")
    except MustWait as error:
        return forms.signed(request, "password.html", 429, said="signin.wait", seconds=error.seconds)
    return forms.signed(request, "password.html", said="password.changed")
