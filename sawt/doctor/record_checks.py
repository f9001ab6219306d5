"""`sawt doctor` on the record of staff acts: verify every row of its hash chain."""

from __future__ import annotations

from api.audit import service
from api.audit.service import Broken
from api.db import Database
from api.settings import Settings
from sawt.doctor.finding import Finding
from sawt.revisions import current, newest

_SUBJECT = "the record"


async def check_record(settings: Settings) -> list[Finding]:
    """Report whether the whole record verifies.

    If the database is unusable, return an empty list: another check reports that.
    """
    try:
        db = Database(settings.database_url)
    except Exception:  # whatever a driver raises
        return []
    try:
        if await current(db) != newest():
            return []
        end = await service.verify_all(db)
    except Broken as broken:
        return [
            Finding(_SUBJECT, False, f"row {broken.seq} does not verify: it was changed, or rows before it are missing")
        ]
    except Exception as error:  # the database cannot be reached
        return (
            []
            if isinstance(error, OSError)
            else [Finding(_SUBJECT, False, f"the record could not be checked ({type(error).__name__})")]
        )
    finally:
        await db.close()
    return [Finding(_SUBJECT, True if end.seq else None, f"all {end.seq} acts verify")]
