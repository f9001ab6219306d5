"""Cache published lists for the public pages. A list that does not match its published hash is never served."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.models import Consultation, Publication
from api.consultations.receipts import receipt_list
from api.errors import Altered
from api.public.explained import Counted, counted

_KEPT = 8  # maximum number of lists in memory; a list of fifty thousand ballots has two or three million characters
TRUSTED = 30.0  # seconds for which a verified list is served without reading its rows again


class PublishedList(NamedTuple):
    """The text of a published list, and its publication, which contains the hash."""

    publication: Publication
    text: str


@dataclass(slots=True)
class _CachedList:
    """A verified list, with its totals if they were asked for."""

    text: str
    until: float  # when to verify it again
    counts: Counted | None = None


@dataclass(slots=True)
class Lists:
    """A cache of published lists by hash. It protects the database, since anybody may request a list at any time.

    Only text that matches its hash is served. Changes of the database rows are noticed within `TRUSTED` seconds.
    """

    clock: Callable[[], float] = time.monotonic
    _known: dict[str, _CachedList] = field(default_factory=dict)

    async def get(self, session: AsyncSession, consultation: Consultation) -> PublishedList:
        """Return the publication of a consultation, with its hash, and the text of its list.

        Raises NotFound if no list was published, Altered if the database rows do not match the hash.
        """
        publication = await receipt_list.publication(session, consultation)
        known = self._known.get(publication.digest)
        if known is None or known.until <= self.clock():
            known = self._store(publication.digest, await _verified(session, consultation, publication.digest))
        return PublishedList(publication, known.text)

    async def counts(self, session: AsyncSession, consultation: Consultation, digest: str) -> Counted:
        """Return the questions and totals of the list that `get` has just returned; `digest` is the list's hash."""
        known = self._known.get(digest)
        if known is None or known.counts is None:
            counts = await counted(session, consultation.id)
            if known is None:
                return counts
            known.counts = counts
        return known.counts

    def _store(self, digest: str, text: str) -> _CachedList:
        self._known.pop(digest, None)
        if len(self._known) >= _KEPT:
            del self._known[next(iter(self._known))]
        self._known[digest] = _CachedList(text, self.clock() + TRUSTED)
        return self._known[digest]


async def _verified(session: AsyncSession, consultation: Consultation, digest: str) -> str:
    text = await receipt_list.text(session, consultation)
    if receipt_list.digest(text) != digest:
        raise Altered(consultation.code)
    return text
