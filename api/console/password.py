"""The page to change one's own password."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.console import forms
from api.console.deps import PasswordsDep, Signed, address_of
from api.console.sign_in import Field
from api.staff import new_password, sessions
from api.staff.back_off import MustWait
from api.staff.new_password import Change
from api.staff.passwords import NotTaken
from api.staff.sign_in import NotSignedIn
from api.web.deps import Db, KeyringDep, Now

router = APIRouter(include_in_schema=False)


@router.get("/password")
async def show(request: Request, who: Signed) -> Response:
    """The form: the present password, and the new one twice."""
    return forms.to(request, forms.SIGN_IN) if who is None else forms.signed(request, "password.html", said="")


@router.post("/password")
async def change(
    request: Request, who: Signed, db: Db, keyring: KeyringDep, passwords: PasswordsDep, now: Now, present: Field = "",
    password: Field = "", again: Field = "", proof: Field = "",
) -> Response:  # fmt: skip
    """Keep the new password; every other session ends."""
    if who is None or who.account_id is None:
        return forms.to(request, forms.SIGN_IN)
    if not forms.is_ours(request, proof):
        return forms.signed(request, "password.html", 403, said="form.old")
    here = sessions.hashed(forms.cookie(request))
    given = Change(who.account_id, here, present, password, again, address_of(request))
    try:
        await new_password.change(db, passwords, given, keyring=keyring, now=now)
    except NotTaken as found:
        return forms.signed(request, "password.html", 422, said=found.reason)
    except NotSignedIn:
        return forms.signed(request, "password.html", 403, said="password.wrong")
    except MustWait as found:
        return forms.signed(request, "password.html", 429, said="signin.wait", seconds=found.seconds)
    return forms.signed(request, "password.html", said="password.changed")
