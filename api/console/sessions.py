"""The page that lists a member of staff's own sessions, and can end all of them."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.audit import Act
from api.console import forms, pages
from api.console.deps import Signed
from api.console.sign_in import Field
from api.staff import sessions
from api.staff.models import StaffSession
from api.staff.ways.offered import NONE
from api.web.deps import Db, Now
from api.workflows.overview import account_resets

router = APIRouter(include_in_schema=False)


@router.get("/sessions")
async def show(request: Request, who: Signed, db: Db, now: Now) -> Response:
    """Show the reader's sessions: the start, last use and network of each.

    Also show failed sign-ins before this session, and who reset the password, at the first sign-in after the reset.
    """
    if who is None or who.account_id is None:
        return forms.redirect(request, forms.SIGN_IN)
    async with db.transaction() as session:
        rows = await sessions.of_account(session, who.account_id, now=now)
        reset = await account_resets.told_to(session, who.account_id, now=now)
    here = sessions.hashed(forms.cookie(request))
    shown = [_row(each, here=each.token_hash == here) for each in rows]
    failed = next((each.failed_before for each in rows if each.token_hash == here), 0)
    further = pages.ways_of(request) != NONE
    return forms.signed(
        request, "sessions.html", name=who.name, rows=shown, failed=failed, further=further, reset=_reset(reset)
    )


@router.post("/sessions/end-all")
async def end_all(request: Request, who: Signed, db: Db, proof: Field = "") -> Response:
    """End all sessions of the reader, including the one in use."""
    if who is None or who.account_id is None or not forms.is_ours(request, proof):
        return forms.redirect(request, forms.SESSIONS)
    async with db.transaction() as session:
        await sessions.end_all(session, who.account_id)
    answer = forms.redirect(request, forms.SIGN_IN)
    forms.set_cookie(request, answer, "")
    return answer


def _reset(reset: Act | None) -> dict[str, str] | None:
    return None if reset is None else {"who": reset.who, "when": pages.moment(reset.at)}


def _row(each: StaffSession, *, here: bool) -> dict[str, object]:
    shown = {name: pages.moment(getattr(each, name)) for name in ("made_at", "seen_at")}
    return {**shown, "address": each.address, "here": here}
