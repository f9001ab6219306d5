"""API tokens over the JSON API: create one for a client, list and revoke them.

Every change needs a fresh code of the second factor.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

from api.pagination import Page
from api.security.rights import Permission
from api.staff import acts, tokens
from api.staff.schemas import NewToken, TokenIn, TokenOut, new_token, token_out
from api.web.deps import REASONED, SHOWN_ONCE, Actor, Now, Session, requires, staff_router
from api.web.paging import PageDep

router = staff_router("/tokens", "tokens", needs=requires(Permission.MANAGE_STAFF, fresh=True, local=True))


@router.get("", dependencies=[requires(Permission.MANAGE_STAFF, local=True)])
async def every(session: Session, asked: PageDep) -> Page[TokenOut]:
    """List tokens, the newest first. Their values are not shown."""
    return (await tokens.listed(session, asked)).page(token_out)


@router.post("", status_code=201, dependencies=[SHOWN_ONCE])
async def create(given: TokenIn, who: Actor, session: Session, now: Now) -> NewToken:
    """Create a token for a client. It can only have rights that you have. Only this response contains the token."""
    return new_token(*await acts.make_token(session, given, who=who, now=now))


@router.post("/{number}/revoke", dependencies=[REASONED])
async def revoke(number: Annotated[int, Path(ge=1, lt=2**63)], who: Actor, session: Session, now: Now) -> TokenOut:
    """Revoke a token at once."""
    return token_out(await acts.revoke_token(session, number, who=who, now=now))
