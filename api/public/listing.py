"""The page of a published list: its lines, what their signs mean, how to check it."""

from __future__ import annotations

from fastapi.responses import HTMLResponse

from api.consultations.ballots.agent_typed import TAKEN_BACK
from api.consultations.models import Consultation
from api.consultations.receipts.list_format import COUNTED, REPLACED, sign
from api.consultations.voter_numbers import NO_NUMBER
from api.i18n import Voice
from api.public.explained import Counted, explained
from api.public.lists import Published
from api.public.pages import Pages

Shown = tuple[Published, Counted]


def page(pages: Pages, voice: Voice, consultation: Consultation, found: Shown | None) -> HTMLResponse:
    """The page of a consultation's list; without one it says that it comes later, or that too few took part."""
    words = {"title": voice("page.list", title=voice.pick(consultation.title))}
    if found is None:
        few = voice("page.few", count=consultation.smallest_count)
        later = voice("page.later") if consultation.cleaned_at is None else few
        return pages.render("list.html", voice, published=None, later=later, **words)
    (published, text), counts = found
    heading, *lines = text.splitlines()
    return pages.render(
        "list.html",
        voice,
        published=published,
        ballots=voice("page.ballots", count=published.ballots),
        exact=voice("page.exact") if consultation.smallest_count == 1 else "",
        questions=explained(counts, voice),
        labels=_labels(voice, counted=consultation.receipts == COUNTED),
        address=f"/consultations/{consultation.code}/receipts.txt",
        heading=heading,
        lines=lines,
        **words,
    )


def _labels(voice: Voice, *, counted: bool) -> dict[str, str]:
    """The words around a list, of either form."""
    return {
        "meaning": voice("page.meaning"),
        "sign": voice("page.sign"),
        "answer": voice("page.answer"),
        "replaced": voice("page.replaced", word=REPLACED),
        "without": voice("page.without", word=sign(NO_NUMBER)),
        "taken": voice("page.taken", word=sign(TAKEN_BACK)),
        "verify": voice("page.verify"),
        "find": voice("page.find"),
        "compare": voice("page.compare.apart") if counted else voice("page.compare"),
        "proof": voice("page.proof.counted") if counted else voice("page.proof.checked"),
        "recompute": voice("page.recompute"),
        "hash": voice("page.hash"),
        "file": voice("page.file"),
        "all": voice("page.all"),
    }
