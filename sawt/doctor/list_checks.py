"""What `sawt doctor` says of the published lists: each is hashed again."""

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

_WHAT = "published lists"


async def look_at_lists(settings: Settings) -> list[Finding]:
    """Whether each list fits its hash; nothing if the database is not right: the doctor says that first."""
    try:
        db = Database(settings.database_url)
    except Exception:  # whatever a driver raises
        return []
    try:
        if await current(db) != newest():
            return []
        async with db.transaction() as session:
            return await _look(session)
    except Exception as error:  # the database went away, or was never there
        return [] if isinstance(error, OSError) else [Finding(_WHAT, False, f"not looked at ({type(error).__name__})")]
    finally:
        await db.close()


async def _look(session: AsyncSession) -> list[Finding]:
    published = select(Consultation).join(Publication, Publication.consultation_id == Consultation.id)
    found, wrong = (await session.scalars(published.order_by(Consultation.id))).all(), []
    for each in found:
        try:
            await verification.verify(session, each)
        except Altered as altered:
            wrong.append(Finding(_WHAT, False, str(altered)))
    return wrong or [Finding(_WHAT, True if found else None, f"{len(found)}, and each fits its hash")]
