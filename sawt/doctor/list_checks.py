"""`sawt doctor` on published lists of receipts: compute each list's hash again and compare."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.models import Consultation, Publication
from api.consultations.receipts import verification
from api.db import Database
from api.errors import Altered
from api.settings import Settings
from sawt.doctor.finding import Finding
from sawt.revisions import current, newest

_SUBJECT = "published lists"


async def check_lists(settings: Settings) -> list[Finding]:
    """Report whether each published list matches its hash.

    If the database is unusable, return an empty list: another check reports that.
    """
    try:
        db = Database(settings.database_url)
    except Exception:  # drivers raise many kinds of errors
        return []
    try:
        if await current(db) != newest():
            return []
        async with db.transaction() as session:
            return await _verify_all(session)
    except Exception as error:  # the database cannot be reached
        return (
            []
            if isinstance(error, OSError)
            else [Finding(_SUBJECT, False, f"the lists could not be checked ({type(error).__name__})")]
        )
    finally:
        await db.close()


async def _verify_all(session: AsyncSession) -> list[Finding]:
    published = select(Consultation).join(Publication, Publication.consultation_id == Consultation.id)
    consultations, wrong = (await session.scalars(published.order_by(Consultation.id))).all(), []
    for consultation in consultations:
        try:
            await verification.verify(session, consultation)
        except Altered as altered:
            wrong.append(Finding(_SUBJECT, False, str(altered)))
    count = len(consultations)
    return wrong or [Finding(_SUBJECT, True if count else None, f"{count} checked, and all match their hashes")]
