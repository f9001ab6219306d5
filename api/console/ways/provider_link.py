"""Link an identity at the provider to one's own account, or remove it. Both need a fresh code."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from api.console import forms
from api.console.deps import Signed
from api.console.sign_in import Field
from api.console.ways.deps import Number, Provider, forget, keep
from api.console.ways.listing import fault_of, removed, shown
from api.db import Database
from api.errors import Conflict, Forbidden, Invalid, Unavailable
from api.security.crypto import Keyring
from api.security.rights import Principal
from api.staff.ways import identities
from api.staff.ways.challenges import Aim, Challenge
from api.staff.ways.offered import IdentityProvider, Return
from api.web.deps import Db, Now

router = APIRouter(include_in_schema=False)


@router.post("/passkeys/identities")
async def leave(request: Request, provider: Provider, who: Signed, db: Db, now: Now, proof: Field = "") -> Response:
    """Show a link to the provider. A redirect is impossible: the policy of our pages keeps forms on this host."""
    if who is None or who.account_id is None:
        return forms.redirect(request, forms.SIGN_IN)
    if fault := fault_of(request, who, proof):
        return await shown(request, who, db, fault)
    challenge = Challenge(Aim.LINK, who.account_id)
    try:
        url = await provider.address(challenge.value)
    except Unavailable:
        return await shown(request, who, db, "identity.away")
    return keep(request, forms.signed(request, "leaving.html", url=url), challenge, now=now)


async def finish_link(
    request: Request, provider: IdentityProvider, who: Principal | None, db: Database, answer: Return, *,
    keyring: Keyring, now: datetime,
) -> Response:  # fmt: skip
    """Link the identity that the provider names to the account that is signed in."""
    if who is None or who.account_id is None:
        return forms.redirect(request, forms.SIGN_IN)
    if not who.fresh:
        return await shown(request, who, db, "ways.fresh")
    try:
        await identities.link(db, provider, who.account_id, answer, keyring=keyring, now=now)
    except (Invalid, Forbidden):
        return await shown(request, who, db, "identity.wrong")
    except Conflict:
        return await shown(request, who, db, "identity.conflict")
    except Unavailable:
        return await shown(request, who, db, "identity.away")
    return forget(request, await shown(request, who, db, "identity.linked"))


@router.post("/passkeys/identities/{number}/remove")
async def remove(
    request: Request, _provider: Provider, who: Signed, number: Number, db: Db, now: Now, proof: Field = ""
) -> Response:
    """Remove an identity from the account."""

    async def remove_it(session: AsyncSession, account_id: int) -> None:
        await identities.remove(session, account_id, number, now=now)

    return await removed(request, who, db, remove_it, proof=proof, said="identity.removed")
