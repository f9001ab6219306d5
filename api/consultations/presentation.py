"""A consultation as staff read it."""

from __future__ import annotations

from api.consultations.models import Consultation
from api.consultations.schemas import ConsultationOut


def out(found: Consultation, questions: int) -> ConsultationOut:
    """A consultation as it stands, with its number of questions."""
    return ConsultationOut(
        code=found.code,
        title=found.title,
        state=found.state,
        receipts=found.receipts,
        smallest_count=found.smallest_count,
        questions=questions,
        numbers=found.numbers,
        opens_at=found.opens_at,
        opened_at=found.opened_at,
        closes_at=found.closes_at,
        closed_at=found.closed_at,
        cleaned_at=found.cleaned_at,
    )
