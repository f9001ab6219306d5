"""A small closed consultation for the demonstration, with receipts to check and a published list."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api import actors
from api.consultations import content, drafts, lifecycle
from api.consultations.ballots import casting
from api.consultations.content import QuestionContent
from api.consultations.models import Consultation
from api.consultations.schemas import ConsultationIn

SMALLEST = 1  # `smallest_count` of the demonstration, so that its four phones are counted live
_CODE, _BALLOTS = "horaires", 12
_DESCRIPTION: dict[str, Any] = {
    "code": _CODE,
    "title": {"ar": "وقت الاجتماعات", "fr": "Horaires des réunions", "zgh": "ⴰⴽⵓⴷ ⵏ ⵉⴳⵔⴰⵡⵏ"},
    "questions": [
        {
            "kind": "single",
            "text": {"ar": "متى نجتمع؟", "fr": "Quand se réunir ?", "zgh": "ⵎⴰⵏⵜⵓⵔ ⴰⴳⵔⴰⵡ?"},
            "options": [
                {"ar": "صباحا", "fr": "Le matin", "zgh": "ⵜⵉⴼⴰⵡⵜ"},
                {"ar": "مساء", "fr": "Le soir", "zgh": "ⵜⴰⴷⴳⴳⵯⴰⵜ"},
            ],
        }
    ],
}


async def load(session: AsyncSession, *, now: datetime) -> None:
    """Create the consultation if it does not exist: cast ballots of invented voters, then close it as staff would."""
    if await session.scalar(select(Consultation.id).where(Consultation.code == _CODE)) is not None:
        return
    then = now - timedelta(days=7)
    draft = await drafts.create(session, ConsultationIn.model_validate(_DESCRIPTION), who=actors.DEMO, now=then)
    await lifecycle.open_draft(session, _CODE, who=actors.DEMO, now=then, smallest=SMALLEST)
    [question] = await content.read(session, consultation_id=draft.id)
    ballots = [(question.options[number % 5 % 2].value,) for number in range(_BALLOTS)]
    await cast(session, question, ballots, consultation_id=draft.id, now=then)
    await lifecycle.close_ballots(session, _CODE, who=actors.DEMO, now=now)


async def cast(
    session: AsyncSession,
    question: QuestionContent,
    ballots: Sequence[tuple[str, ...]],
    *,
    consultation_id: int,
    now: datetime,
) -> None:
    """Cast ballots of invented voters, on both channels and in three languages.

    Each ballot consists of the values chosen for `question`.
    """
    for number, values in enumerate(ballots):
        voter = casting.Voter(
            token=secrets.token_bytes(32),
            channel=("sms", "telegram")[number % 2],
            language=("ar", "fr", "zgh")[number % 3],
            province="01.571",
        )
        await casting.cast(
            session,
            consultation_id=consultation_id,
            voter=voter,
            question=question,
            values=values,
            complete=True,
            now=now,
        )
