"""The page "Ways to sign in": a person's own passkeys, which they add and remove after a fresh code."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.console import forms, pages
from api.console.deps import Signed
from api.console.sign_in import Field
from api.console.ways.deps import LargeField, Party, answer_of, options, refused
from api.db import Database
from api.errors import Conflict, Forbidden, Invalid, NotFound
from api.security.rights import Principal
from api.staff.ways import passkeys
from api.staff.ways.challenges import Aim, Challenge
from api.staff.ways.models import Passkey
from api.web.deps import Db, KeyringDep, Now

router = APIRouter(include_in_schema=False)
_DONE = {"", "passkey.added", "passkey.removed"}


@router.get("/passkeys")
async def show(request: Request, who: Signed, _party: Party, db: Db) -> Response:
    """Show the account's passkeys."""
    return await _shown(request, who, db)


@router.post("/passkeys/options")
async def ask_to_add(
    request: Request, who: Signed, party: Party, db: Db, keyring: KeyringDep, now: Now, proof: Field = ""
) -> Response:
    """Return the options with which the browser creates a passkey."""
    if who is None or who.account_id is None or not who.fresh or not forms.is_ours(request, proof):
        return refused(request)
    async with db.transaction() as session:
        known = await passkeys.of_account(session, who.account_id)
    challenge = Challenge(Aim.ADD, who.account_id)
    user = passkeys.user_handle(who.account_id, keyring)
    return options(request, challenge, party.options_to_add(user, who.name, known, challenge.value), now=now)


@router.post("/passkeys")
async def add(
    request: Request, who: Signed, party: Party, db: Db, keyring: KeyringDep, now: Now, name: Field = "",
    answer: LargeField = "", proof: Field = "",
) -> Response:  # fmt: skip
    """Add a passkey to the account."""
    if who is None or who.account_id is None:
        return forms.redirect(request, forms.SIGN_IN)
    if fault := _fault(request, who, proof):
        return await _shown(request, who, db, fault)
    given = answer_of(request, answer)
    try:
        async with db.transaction() as session:
            await passkeys.add(session, party, who.account_id, name, given, keyring=keyring, now=now)
    except (Invalid, Forbidden):
        return await _shown(request, who, db, "passkey.refused")
    except Conflict:
        return await _shown(request, who, db, "passkey.conflict")
    page = await _shown(request, who, db, "passkey.added")
    forms.set_cookie(request, page, "", forms.CHALLENGE)
    return page


@router.post("/passkeys/{number}/remove")
async def remove(
    request: Request, who: Signed, _party: Party, number: int, db: Db, now: Now, proof: Field = ""
) -> Response:
    """Remove one of the account's passkeys."""
    if who is None or who.account_id is None:
        return forms.redirect(request, forms.SIGN_IN)
    if fault := _fault(request, who, proof):
        return await _shown(request, who, db, fault)
    try:
        async with db.transaction() as session:
            await passkeys.remove(session, who.account_id, number, now=now)
    except NotFound:
        return await _shown(request, who, db)
    return await _shown(request, who, db, "passkey.removed")


def _fault(request: Request, who: Principal, proof: str) -> str:
    """Return why a form cannot be accepted; "" if it can."""
    if not forms.is_ours(request, proof):
        return "form.old"
    return "" if who.fresh else "ways.fresh"


async def _shown(request: Request, who: Principal | None, db: Database, said: str = "") -> Response:
    """Return the page with a sentence about what was done, or refused."""
    if who is None or who.account_id is None:
        return forms.redirect(request, forms.SIGN_IN)
    async with db.transaction() as session:
        rows = [_row(each) for each in await passkeys.of_account(session, who.account_id)]
    status = 200 if said in _DONE else 403
    return forms.signed(request, "ways.html", status, said=said, passkeys=rows, fresh=who.fresh)


def _row(each: Passkey) -> dict[str, object]:
    used = pages.moment(each.used_at) if each.used_at is not None else ""
    return {"id": each.id, "name": each.name, "made_at": pages.moment(each.made_at), "used_at": used}
