"""Pages to sign in with a passkey, or to use a passkey in place of a fresh code."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.console import forms
from api.console.deps import Signed
from api.console.sign_in import Field, entered, must_wait
from api.console.ways.deps import LargeField, Party, answer_of, forget, options, refused
from api.staff import sessions
from api.staff.back_off import MustWait
from api.staff.sign_in import NotSignedIn
from api.staff.ways import passkey_sign_in, passkeys
from api.staff.ways.challenges import Aim, Challenge
from api.web.deps import Db, KeyringDep, Now

router = APIRouter(include_in_schema=False)


@router.post("/sign-in/passkey/options")
async def ask_to_enter(request: Request, party: Party, now: Now, proof: Field = "") -> Response:
    """Return the options with which the browser lets somebody choose a passkey."""
    if not forms.is_ours(request, proof, forms.FORM):
        return refused(request)
    challenge = Challenge(Aim.SIGN_IN)
    return options(request, challenge, party.options_to_prove([], challenge.value), now=now)


@router.post("/sign-in/passkey")
async def enter(
    request: Request, party: Party, db: Db, keyring: KeyringDep, now: Now, answer: LargeField = "", proof: Field = ""
) -> Response:
    """Sign in with a passkey: start a session."""
    if not forms.is_ours(request, proof, forms.FORM):
        return forms.unsigned(request, "sign_in.html", 403, error="form.old", name="")
    try:
        token = await passkey_sign_in.enter(db, party, answer_of(request, answer), keyring=keyring, now=now)
    except NotSignedIn:
        return forms.unsigned(request, "sign_in.html", 403, error="passkey.wrong", name="")
    except MustWait as error:
        return must_wait(request, error)
    return forget(request, await entered(request, db, token))


@router.post("/confirm/passkey/options")
async def ask_to_confirm(request: Request, party: Party, who: Signed, db: Db, now: Now, proof: Field = "") -> Response:
    """Return the options with which the browser asks for a passkey of the account."""
    if who is None or who.account_id is None or not forms.is_ours(request, proof):
        return refused(request)
    async with db.transaction() as session:
        own = await passkeys.of_account(session, who.account_id)
    if not own:  # without any, the browser would offer passkeys of other accounts
        return refused(request)
    challenge = Challenge(Aim.CONFIRM, who.account_id)
    return options(request, challenge, party.options_to_prove(own, challenge.value), now=now)


@router.post("/confirm/passkey")
async def confirm(
    request: Request, party: Party, who: Signed, db: Db, keyring: KeyringDep, now: Now, answer: LargeField = "",
    proof: Field = "",
) -> Response:  # fmt: skip
    """Accept a passkey in place of a fresh code. For ten minutes, this session may perform protected actions."""
    if who is None or who.account_id is None:
        return forms.redirect(request, forms.SIGN_IN)
    if not forms.is_ours(request, proof):
        return forms.signed(request, "confirm.html", 403, said="form.old")
    token_hash, given = sessions.hashed(forms.cookie(request)), answer_of(request, answer)
    try:
        await passkey_sign_in.confirm(db, party, who.account_id, token_hash, given, keyring=keyring, now=now)
    except NotSignedIn:
        return forms.signed(request, "confirm.html", 403, said="passkey.wrong")
    except MustWait as error:
        return forms.signed(request, "confirm.html", 429, said="signin.wait", seconds=error.seconds)
    return forget(request, forms.signed(request, "confirm.html", said="confirm.done"))
