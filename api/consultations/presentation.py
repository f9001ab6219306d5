"""Convert a consultation to the form in which staff read it."""

from __future__ import annotations

from api.consultations.models import Consultation
from api.consultations.schemas import ConsultationOut


def consultation_out(consultation: Consultation, questions: int) -> ConsultationOut:
    """Return a consultation as staff read it. `questions` is its number of questions."""
    return ConsultationOut(
        code=consultation.code,
        title=consultation.title,
        state=consultation.state,
        receipts=consultation.receipts,
        smallest_count=consultation.smallest_count,
        questions=questions,
        numbers=consultation.numbers,
        opens_at=consultation.opens_at,
        opened_at=consultation.opened_at,
        closes_at=consultation.closes_at,
        closed_at=consultation.closed_at,
        cleaned_at=consultation.cleaned_at,
    )
