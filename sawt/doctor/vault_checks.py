"""`sawt doctor` on the vault: its folders, the key of each open consultation, and keys that closings left behind."""

from __future__ import annotations

from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.vault_keys import folders, markers, secrecy, stray_keys
from api.db import Database
from api.settings import Settings
from sawt.doctor.finding import Finding
from sawt.doctor.scrub_checks import check_traces
from sawt.preconditions import database_exists
from sawt.vault import database, faults, vault_of

_SUBJECT = "SAWT_VAULT"


async def check_vault(settings: Settings) -> list[Finding]:
    """Check the vault's folders, then its keys. Faults are only reported; the service repairs some when it starts."""
    wrong = list(faults(settings))
    if wrong:
        return [Finding(_SUBJECT, False, "; ".join(wrong))]
    if not database_exists(make_url(settings.database_url)):
        return [Finding(_SUBJECT, None, "the folders are right; there is no database yet")]
    db: Database | None = None
    try:
        db = database(settings)
        async with db.transaction() as session:
            keys = await _keys(session, settings)
        return [keys, *await check_traces(db)]
    except Exception as error:  # from any driver; other checks report what is wrong with the database
        return [Finding(_SUBJECT, None, f"the keys could not be checked ({type(error).__name__})")]
    finally:
        if db is not None:
            await db.close()


async def _keys(session: AsyncSession, settings: Settings) -> Finding:
    vault, consultations = vault_of(settings), await secrecy.with_secret(session)
    if wrong := markers.faults(vault, await folders.known(session)):
        return Finding(_SUBJECT, False, "; ".join(wrong))
    lost = [each.code for each in consultations if secrecy.known_secret_of(session, each) is None]
    differing = [each.code for each in consultations if each.key_name and not vault.agrees(each.key_name)]
    if lost:
        words = "the key is lost, so ballots still count, but cannot be cast or changed: close the vote"
        return Finding(_SUBJECT, False, f"{', '.join(lost)}: {words}")
    if differing:
        names = ", ".join(differing)
        return Finding(
            _SUBJECT, False, f"the folders have different keys of {names}: restart the service to repair them"
        )
    if left := await stray_keys.find(session):
        places = ", ".join(sorted({str(path.parent) for path in left}))
        if own := all(left.values()):
            words = "the service overwrites them within minutes"
        else:
            words = "another database keeps keys there: use a separate vault for each database"
        count = f"{len(left)} files in {places} do not belong to an open consultation"
        return Finding(_SUBJECT, False if own else None, f"{count}: {words}")
    return Finding(_SUBJECT, True, f"in use, with {len(vault.folders)} folders")
