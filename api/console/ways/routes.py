"""The page "Ways to sign in", where staff add and remove their own passkeys. Both need a fresh code."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from api.console import forms, pages
from api.console.deps import Signed
from api.console.sign_in import Field
from api.console.ways.deps import LargeField, Number, Party, answer_of, forget, options, refused
from api.console.ways.listing import fault_of, removed, shown
from api.errors import Conflict, Forbidden, Invalid, NotFound
from api.staff.ways import passkeys
from api.staff.ways.challenges import Aim, Challenge
from api.staff.ways.offered import NONE
from api.web.deps import Db, KeyringDep, Now

router = APIRouter(include_in_schema=False)


@router.get("/passkeys")
async def show(request: Request, who: Signed, db: Db) -> Response:
    """Show the account's passkeys and linked identities."""
    if pages.ways_of(request) == NONE:
        raise NotFound("there are no further ways to sign in: SAWT_PASSKEYS, SAWT_OIDC_ISSUER")
    return await shown(request, who, db)


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
    if fault := fault_of(request, who, proof):
        return await shown(request, who, db, fault)
    given = answer_of(request, answer)
    try:
        async with db.transaction() as session:
            await passkeys.add(session, party, who.account_id, name, given, keyring=keyring, now=now)
    except (Invalid, Forbidden):
        return await shown(request, who, db, "passkey.refused")
    except Conflict:
        return await shown(request, who, db, "passkey.conflict")
    return forget(request, await shown(request, who, db, "passkey.added"))


@router.post("/passkeys/{number}/remove")
async def remove(
    request: Request, who: Signed, _party: Party, number: Number, db: Db, now: Now, proof: Field = ""
) -> Response:
    """Remove one of the account's passkeys."""

    async def remove_it(session: AsyncSession, account_id: int) -> None:
        await passkeys.remove(session, account_id, number, now=now)

    return await removed(request, who, db, remove_it, proof=proof, said="passkey.removed")
