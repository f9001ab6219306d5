"""`sawt doctor` on who can sign in: accounts, who manages them, and the shared token of older versions."""

from __future__ import annotations

from sqlalchemy import func, select

from api.db import Database
from api.settings import Settings
from api.staff import grants
from api.staff.models import Account, Credential
from sawt.doctor.finding import Finding
from sawt.preconditions import DatabaseGuard

_TOKEN, _STAFF = "SAWT_API_TOKEN", "staff"


async def check_staff(settings: Settings) -> list[Finding]:
    """Report whether anybody can sign in, whether two people manage staff, and whether the shared token is set."""
    found = await _counted(settings)
    if found is None:  # another check reports what is wrong with the database
        return token_alone(settings)
    accounts, managers = found
    return [_token(settings, accounts=accounts), _staff(accounts, managers)]


def token_alone(settings: Settings) -> list[Finding]:
    """Return the findings that need no database."""
    return [_token(settings, accounts=0)]


def _token(settings: Settings, *, accounts: int) -> Finding:
    if settings.api_token.get_secret_value():
        words = "set: whoever holds it may do everything under any name. It counts for one more version"
        return Finding(_TOKEN, None, f"{words}: give each client a token ('sawt tokens create'), then unset it")
    if accounts:
        return Finding(_TOKEN, True, "not set: each person and each client signs in for themselves")
    return Finding(_TOKEN, False, "not set, and there is no account: nobody can use the JSON API; 'sawt staff create'")


def _staff(accounts: int, managers: int) -> Finding:
    if not accounts:
        return Finding(_STAFF, None, "nobody has an account yet: 'sawt staff create NAME'")
    if managers < grants.MANAGERS:
        words = "somebody else should hold manage_staff too: 'sawt staff invite NAME --role administrator'"
        return Finding(_STAFF, None, f"{managers} of {accounts} accounts manages staff: {words}")
    return Finding(_STAFF, True, f"accounts: {accounts}, of which {managers} manage staff")


async def _counted(settings: Settings) -> tuple[int, int] | None:
    """Return how many accounts can sign in, and how many of them manage staff; None without a usable database."""
    db: Database | None = None
    try:
        db = Database(settings.database_url, guard=DatabaseGuard(settings))
        async with db.transaction() as session:
            wanted = select(func.count()).select_from(Account).join(Credential, Credential.account_id == Account.id)
            accounts = await session.scalar(wanted.where(Account.disabled_at.is_(None)))
            return accounts or 0, len(await grants.managers(session))
    except Exception:  # drivers raise many kinds of errors
        return None
    finally:
        if db is not None:
            await db.close()
