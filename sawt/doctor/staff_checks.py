"""`sawt doctor` on sign-in: staff accounts, how many of them manage staff, and the shared token of older versions."""

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
    """Check that somebody can sign in, that two people manage staff, and that the shared token is not set."""
    counts = await _counted(settings)
    if counts is None:  # another check reports faults of the database
        return check_shared_token(settings)
    accounts, managers = counts
    return [_token(settings, accounts=accounts), _staff(accounts, managers)]


def check_shared_token(settings: Settings) -> list[Finding]:
    """Check only that the shared token is not set. This needs no database."""
    return [_token(settings, accounts=0)]


def _token(settings: Settings, *, accounts: int) -> Finding:
    if settings.api_token.get_secret_value():
        words = "set: anyone who knows this token can do everything under any name. It works for one more version"
        return Finding(
            _TOKEN, None, f"{words}. Give each client its own token ('sawt tokens create'), then unset this setting"
        )
    if accounts:
        return Finding(_TOKEN, True, "not set: each person and each client signs in separately")
    return Finding(
        _TOKEN, False, "not set, and there is no account, so nobody can use the JSON API: run 'sawt staff create NAME'"
    )


def _staff(accounts: int, managers: int) -> Finding:
    if not accounts:
        return Finding(_STAFF, None, "nobody has an account yet: run 'sawt staff create NAME'")
    if managers < grants.MANAGERS:
        words = "invite another manager with 'sawt staff invite NAME --role administrator'"
        return Finding(_STAFF, None, f"{managers} of {accounts} accounts can manage staff: {words}")
    return Finding(_STAFF, True, f"{managers} of {accounts} accounts can manage staff")


async def _counted(settings: Settings) -> tuple[int, int] | None:
    """Count the accounts that can sign in, and the managers of staff. Return None if the database is unusable."""
    db: Database | None = None
    try:
        db = Database(settings.database_url, guard=DatabaseGuard(settings))
        async with db.transaction() as session:
            statement = select(func.count()).select_from(Account).join(Credential, Credential.account_id == Account.id)
            accounts = await session.scalar(statement.where(Account.disabled_at.is_(None)))
            return accounts or 0, len(await grants.managers(session))
    except Exception:  # drivers raise many types
        return None
    finally:
        if db is not None:
            await db.close()
