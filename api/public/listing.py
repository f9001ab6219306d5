"""Render the web page of a published list: its lines, what the signs mean, and how to verify the list."""

from __future__ import annotations

from typing import NamedTuple

from fastapi.responses import HTMLResponse

from api.consultations.ballots.agent_typed import TAKEN_BACK
from api.consultations.models import Consultation
from api.consultations.receipts.list_format import COUNTED, REPLACED, sign
from api.consultations.voter_numbers import NO_NUMBER
from api.i18n import Voice
from api.public.explained import Counted, explained
from api.public.lists import PublishedList
from api.public.pages import Pages


class CountedList(NamedTuple):
    """A published list of receipts, and the totals of its consultation."""

    published: PublishedList
    counts: Counted


def page(pages: Pages, voice: Voice, consultation: Consultation, listed: CountedList | None) -> HTMLResponse:
    """Return the web page of a consultation's list.

    If `listed` is None, the page says why there is no list: too early, or too few participants.
    """
    words = {"title": voice("page.list", title=voice.pick(consultation.title))}
    if listed is None:
        few = voice("page.few", count=consultation.smallest_count)
        later = voice("page.later") if consultation.cleaned_at is None else few
        return pages.render("list.html", voice, published=None, later=later, **words)
    publication = listed.published.publication
    heading, *lines = listed.published.text.splitlines()
    return pages.render(
        "list.html",
        voice,
        published=publication,
        ballots=voice("page.ballots", count=publication.ballots),
        exact=voice("page.exact") if consultation.smallest_count == 1 else "",
        questions=explained(listed.counts, voice),
        labels=_labels(voice, counted=consultation.receipts == COUNTED),
        address=f"/consultations/{consultation.code}/receipts.txt",
        heading=heading,
        lines=lines,
        **words,
    )


def _labels(voice: Voice, *, counted: bool) -> dict[str, str]:
    """Return the fixed texts on the page."""
    # `counted`: the list shows receipts and choices separately
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
